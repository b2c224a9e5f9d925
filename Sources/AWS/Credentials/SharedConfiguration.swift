/// What `~/.aws/config` and `~/.aws/credentials` say together; the credentials file wins.
package struct SharedConfiguration: Sendable, Equatable {
    package var profiles: [String: Section] = [:]
    /// The `[services NAME]` sections of the configuration file.
    package var services: [String: Section] = [:]

    package static let empty = SharedConfiguration()

    package init(profiles: [String: Section] = [:], services: [String: Section] = [:]) {
        self.profiles = profiles
        self.services = services
    }

    /// Parses both files; nil stands for a file that is not there.
    ///
    /// Throws `SharedFileError`. Sections of other kinds are ignored, and so is `[default]` beside `[profile default]`.
    /// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
    package init(
        configFile: [UInt8]?, configPath: String = "config", credentialsFile: [UInt8]?,
        credentialsPath: String = "credentials"
    ) throws {
        let config = try SharedFile.sections(of: configFile ?? [], path: configPath)
        let hasLongDefault = config.contains { $0.header == ["profile", "default"] }
        for section in config {
            switch section.header.count {
            case 1 where section.header[0] == "default" && !hasLongDefault:
                profiles["default", default: Section()].merge(section)
            case 2 where section.header[0] == "profile":
                profiles[section.header[1], default: Section()].merge(section)
            case 2 where section.header[0] == "services":
                services[section.header[1], default: Section()].merge(section)
            default: continue
            }
        }
        for section in try SharedFile.sections(of: credentialsFile ?? [], path: credentialsPath) {
            guard section.header.count == 1 else { continue }
            profiles[section.header[0], default: Section()].merge(section)
        }
    }
}

extension SharedConfiguration {
    /// The settings of one section, by name in lower case. They may be secrets, so only their names are ever printed.
    package struct Section: Sendable, Equatable, ExpressibleByDictionaryLiteral {
        private var properties: [String: String] = [:]

        package init(dictionaryLiteral elements: (String, String)...) {
            properties = Dictionary(elements, uniquingKeysWith: { _, last in last })
        }

        package init(_ properties: [String: String]) {
            self.properties = properties
        }

        /// The value without white space around it; nil when it is blank or not there.
        package subscript(name: String) -> String? {
            Setting.nonBlank(properties[name])
        }

        /// Values that consist of indented `name = value` lines, as in `[services …]`.
        var nestedProperties: [String: [String: String]] {
            properties.mapValues { value in
                var nested: [String: String] = [:]
                for line in value.split(separator: "\n") {
                    guard let equals = line.firstIndex(of: "=") else { continue }
                    let name = line[..<equals].trimmingWhitespace().lowercased()
                    nested[name] = String(line[line.index(after: equals)...].trimmingWhitespace())
                }
                return nested
            }
        }

        fileprivate mutating func merge(_ section: SharedFile.Section) {
            properties.merge(section.properties) { _, last in last }
        }
    }
}

extension SharedConfiguration.Section: CustomStringConvertible, CustomReflectable {
    package var description: String { "settings: \(properties.keys.sorted().joined(separator: ", "))" }
    package var customMirror: Mirror { Mirror(self, children: ["names": properties.keys.sorted()]) }
}
