import Glibc
import Secrets

extension CredentialsDocument {
    /// A part of a rewritten line.
    enum Piece {
        case original(Range<Int>)
        case text(String)
        case secret(Secret)
    }

    /// The bytes with some lines, by their index, replaced by pieces, and more pieces at the end.
    func rewriting(_ replacements: [Int: [Piece]], appending end: [Piece] = []) -> Secret {
        let pieces = lines.indices.flatMap { replacements[$0] ?? [.original(lines[$0].range)] } + end
        return content.withBytes { bytes in
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

extension CredentialsDocument.Piece {
    fileprivate var count: Int {
        switch self {
        case .original(let range): range.count
        case .text(let text): text.utf8.count
        case .secret(let secret): secret.count
        }
    }
}
