import COpenSSL

/// Bytes that must never be seen by accident: every rendering of a `Secret` is `<redacted>`.
///
/// The bytes live in one buffer that all copies of the value share and that is overwritten when the last copy goes.
/// Whoever reveals them as a `String` makes a copy that is not wiped; such copies are kept as few as decoding allows.
/// Deliberately neither `Codable` nor `LosslessStringConvertible`: a secret leaves only through `reveal` or `withBytes`.
package struct Secret: Sendable {
    private let storage: Storage

    /// Copies the bytes.
    package init(_ bytes: some Collection<UInt8>) {
        storage = Storage(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Copies the bytes. For the two kinds that every run has, the runtime need not find out that they are collections.
    package init(_ bytes: [UInt8]) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Copies the bytes.
    package init(_ bytes: Slice<UnsafeRawBufferPointer>) {
        self.init(count: bytes.count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes)) }
    }

    /// Lends uninitialised bytes, every one of which `fill` must write.
    package init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        storage = Storage(count: count, fill: fill)
    }

    /// Copies the UTF-8 of the text; the text itself is the caller's and is not wiped.
    package init(_ text: some StringProtocol) {
        self.init(Array(text.utf8))
    }

    package var count: Int { storage.buffer.count }

    /// Lends the bytes for the duration of `body`; the pointer must not escape it.
    package func withBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage.buffer))
    }

    /// The text, with invalid UTF-8 replaced. The copy is not wiped.
    package func reveal() -> String {
        withBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension Secret: Hashable {
    /// Compares in a time that depends on the lengths only.
    package static func == (left: Secret, right: Secret) -> Bool {
        left.withBytes { left in right.withBytes { right in constantTimeEqual(left, right) } }
    }

    package func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    /// No children, so that `dump` and reflection-based printers stop here.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

/// `@unchecked Sendable`: the buffer is written once, before the initialiser returns, and freed by the last owner.
private final class Storage: @unchecked Sendable {
    let buffer: UnsafeMutableRawBufferPointer

    init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        buffer = .allocate(byteCount: count, alignment: 1)
        fill(buffer)
    }

    deinit {
        // Not a loop of stores: the optimiser may drop those, as nobody reads the buffer again.
        OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        buffer.deallocate()
    }
}
