import AWS
import Console
import Dashboard
import Glibc
import HTTPTransport
import HostSystem
import NIOCore

extension CommandFailure {
    /// The exit code that fits an error, whatever part of the program it comes from.
    ///
    /// - Parameter address: where it was about to listen, if it was.
    init(_ error: any Error, listening address: ListenAddress?) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as CredentialsError:
            self.init(error.code == .unavailable ? .unavailable : .configuration, "\(error)")
        case is EndpointError, is RetrySettingError, is HTTPError: self.init(.configuration, "\(error)")
        case is SystemCallError, is ReplacementError:
            self.init(.configuration, "\(error); make the folder writable for this user, or name another one")
        case let error as IOError where address != nil:
            let problem = SystemCallError(call: "", path: "", code: error.errnoCode).message
            let advice =
                switch error.errnoCode {
                case EADDRINUSE: "end what listens there, or give another --listen"
                case EACCES: "a port below 1024, or a folder that this user may not write to; give another --listen"
                case ENOENT: "make the folder, or give another --listen"
                default: "give another --listen"
                }
            self.init(.configuration, "cannot listen on \(address?.description ?? ""): \(problem); \(advice)")
        default: self.init(.unexpected, "\(error)")
        }
    }
}
