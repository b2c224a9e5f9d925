import HostSystem

/// With whose rights root's agent touches a target.
enum TargetEditor: Equatable {
    /// Root's own: nobody else can change what the path leads to. The file is this user's.
    case agent(fileOwner: UInt32)
    /// Those of this user. The group is for one whom the user database does not know.
    case worker(UInt32, group: UInt32)
    /// It does not; the sentence says why, and what to do.
    case refused(String)

    /// - Parameter configured: the target's `owner`.
    init(path: String, configured: UserAccount?, _ pathOwner: Result<PathOwner, SystemCallError>) {
        let named = configured.flatMap { $0.userID == 0 ? nil : $0 }
        switch (pathOwner, named) {
        case (.success(.nobody(let status)), _):
            self = .agent(fileOwner: configured?.userID ?? status?.owner ?? 0)
        case (_, let user?):
            self = .worker(user.userID, group: user.groupID)
        case (.success(.missing), nil):
            self = .agent(fileOwner: 0)
        case (.success(.user(let user, let group, let place)), nil):
            self =
                configured == nil
                ? .worker(user, group: group)
                : .refused("\(path): root touches nothing below \(place), which is user \(user)'s; leave owner out")
        case (.success(.several(let place)), nil):
            self = .refused(
                "\(path): others than root can write to \(place), so anybody could have put the file there; move it, or "
                    + "say with owner = \"NAME\" whose it is")
        case (.failure(let error), nil):
            self = .refused("\(path): whose it is cannot be seen (\(error)); say it with owner = \"NAME\"")
        }
    }
}
