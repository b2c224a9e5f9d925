import Console

extension Finding.Check {
    static let host = Self(rawValue: "host")
    static let state = Self(rawValue: "state")
    static let schedule = Self(rawValue: "schedule")
    static let endpoint = Self(rawValue: "endpoint")
    static let target = Self(rawValue: "target")
    static let rendezvous = Self(rawValue: "rendezvous")
    static let hook = Self(rawValue: "hook")
    static let program = Self(rawValue: "program")
    static let textfile = Self(rawValue: "textfile")
    static let checkIn = Self(rawValue: "check-in")
}
