import CCurl

/// An owned easy handle: one transfer.
struct EasyHandle: ~Copyable {
    let pointer: UnsafeMutableRawPointer

    /// nil when there is no memory.
    init?() {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
    }

    deinit { curl_easy_cleanup(pointer) }

    func set(_ option: CURLoption, _ value: Int) throws(CurlFailure) {
        try check(keybaton_curl_set_long(pointer, option, value))
    }

    func setOffset(_ option: CURLoption, _ value: curl_off_t) throws(CurlFailure) {
        try check(keybaton_curl_set_offset(pointer, option, value))
    }

    /// curl copies the string; nil switches a built-in default off.
    func set(_ option: CURLoption, _ value: String?) throws(CurlFailure) {
        try check(keybaton_curl_set_string(pointer, option, value))
    }

    /// curl keeps the pointer.
    func set(_ option: CURLoption, _ value: UnsafeRawPointer?) throws(CurlFailure) {
        try check(keybaton_curl_set_pointer(pointer, option, value))
    }

    func set(_ option: CURLoption, _ receiver: @escaping keybaton_curl_receiver) throws(CurlFailure) {
        try check(keybaton_curl_set_receiver(pointer, option, receiver))
    }

    func check(_ code: CURLcode) throws(CurlFailure) {
        guard code == CURLE_OK else { throw CurlFailure(code: code) }
    }
}

/// An owned multi handle: the connections and the transfers that share them.
struct MultiHandle: ~Copyable {
    let pointer: UnsafeMutableRawPointer

    init?() {
        guard let pointer = curl_multi_init() else { return nil }
        self.pointer = pointer
    }

    deinit { curl_multi_cleanup(pointer) }
}

/// An owned list of header lines.
struct HeaderList: ~Copyable {
    private(set) var pointer: UnsafeMutablePointer<curl_slist>?

    mutating func append(_ line: String) throws(CurlFailure) {
        guard let longer = curl_slist_append(pointer, line) else { throw CurlFailure(code: CURLE_OUT_OF_MEMORY) }
        pointer = longer
    }

    deinit { curl_slist_free_all(pointer) }
}

struct CurlFailure: Error {
    let code: CURLcode

    var message: String { String(cString: curl_easy_strerror(code)) }
}
