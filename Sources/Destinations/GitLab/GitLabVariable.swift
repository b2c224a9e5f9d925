/// What GitLab says of a variable; which of it is read depends on which it is, since a secret need not be.
///
/// https://docs.gitlab.com/api/project_level_variables/
struct GitLabVariable: Decodable {
    /// Nil when it is hidden.
    var value: String?
    var masked: Bool?
    var scope: String?
    var description: String?

    private enum Key: String, CodingKey { case value, masked, description, scope = "environment_scope" }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        masked = try fields.decodeIfPresent(Bool.self, forKey: .masked)
        scope = try fields.decodeIfPresent(String.self, forKey: .scope)
        description = try fields.decodeIfPresent(String.self, forKey: .description)
        // A masked value is a secret: whoever does not hold it cannot lose it.
        if masked != true { value = try fields.decodeIfPresent(String.self, forKey: .value) }
    }
}

struct GitLabVariableBody: Encodable {
    var key: String
    var value: String
    /// Not shown in the logs of jobs.
    var masked: Bool
    /// Nil leaves it as it is, which for a new variable is false.
    var protected: Bool?
    var scope: String
    var description: String
    /// AWS's secrets may hold characters that GitLab would expand.
    var raw = true
    var kind = "env_var"

    enum CodingKeys: String, CodingKey {
        case key, value, masked, protected, description, raw
        case scope = "environment_scope"
        case kind = "variable_type"
    }
}
