package import Handover

/// What a host says of itself in its check-ins.
package struct HostDescription: Hashable, Sendable {
    package var id: HostID
    package var name: String
    package var operatingSystem: String
    package var architecture: String
    package var agentVersion: String

    package init(id: HostID, name: String, operatingSystem: String, architecture: String, agentVersion: String) {
        self.id = id
        self.name = name
        self.operatingSystem = operatingSystem
        self.architecture = architecture
        self.agentVersion = agentVersion
    }
}
