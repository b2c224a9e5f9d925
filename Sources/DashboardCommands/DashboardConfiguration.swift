package import Console

/// The dashboard's configuration as its file says it.
package struct DashboardConfiguration: Decodable, Sendable {
    package var region: String
    package var bucket: String
    /// The account that must own the bucket.
    package var bucketOwner: String?
    package var listen: String?
    /// A file that holds the token which everybody must send.
    package var tokenFile: String?
    /// Names beside localhost under which the dashboard is asked for, such as a reverse proxy passes on.
    package var hosts: [String]?
    /// How old may be what is shown.
    package var refresh: DurationText?

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case region, bucket, listen, hosts, refresh
        case bucketOwner = "bucket_owner"
        case tokenFile = "token_file"
    }
}
