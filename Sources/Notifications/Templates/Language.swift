/// What messages are written in.
package enum Language: String, Sendable, CaseIterable, Decodable {
    case english = "en"
    case spanish = "es"

    var text: String {
        switch self {
        case .english: String(decoding: PackageResources.en_txt, as: UTF8.self)
        case .spanish: String(decoding: PackageResources.es_txt, as: UTF8.self)
        }
    }
}
