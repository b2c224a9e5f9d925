/// A page of a list: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination
struct BitbucketPage<Value: Decodable>: Decodable {
    var values: [Value]
    /// The address of the next page, to be used as it is; nil on the last one, and in some lists always.
    var next: String?
    /// How many there are on all pages together.
    var size: Int?
}

struct BitbucketEnvironment: Decodable {
    /// In braces.
    var uuid: String
    var name: String
}

struct BitbucketVariable: Decodable {
    /// In braces.
    var uuid: String
    var key: String
    /// Nil for a secured variable, which nobody can read.
    var value: String?
    var secured: Bool?
}

/// What creates and what updates a variable: an update without `secured` would lay a secret open.
struct BitbucketVariableBody: Encodable {
    var key: String
    var value: String
    var secured: Bool
}
