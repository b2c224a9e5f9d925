import Glibc
import Secrets

/// A part of an edited document.
enum Piece {
    /// A range of the original's bytes.
    case original(Range<Int>)
    case text(String)
    case secret(Secret)
}

extension Secret {
    /// The bytes of all pieces, one after the other.
    init(_ pieces: [Piece], from original: Secret) {
        self = original.withBytes { bytes in
            var result: [UInt8] = []
            // Once and for all: growing would leave copies of the secrets behind.
            result.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
            for piece in pieces {
                switch piece {
                case .original(let range): result.append(contentsOf: bytes[range])
                case .text(let text): result.append(contentsOf: text.utf8)
                case .secret(let secret): secret.withBytes { result.append(contentsOf: $0) }
                }
            }
            defer {
                result.withUnsafeMutableBytes { buffer in
                    if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
                }
            }
            return Secret(result)
        }
    }
}

extension Piece {
    fileprivate var count: Int {
        switch self {
        case .original(let range): range.count
        case .text(let text): text.utf8.count
        case .secret(let secret): secret.count
        }
    }
}
