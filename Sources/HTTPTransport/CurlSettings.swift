import CCurl

/// What all transfers of one transport have in common, and how a request becomes curl's options.
struct CurlSettings: Sendable {
    let caBundle: String
    let proxy: ProxySettings

    func apply(to transfer: Transfer) throws(CurlFailure) {
        try applyExchange(to: transfer)
        try applyRequest(to: transfer)
        try applyTrust(to: transfer)
    }

    private func applyExchange(to transfer: Transfer) throws(CurlFailure) {
        let easy = transfer.easy.pointer
        let limits = transfer.limits
        try transfer.easy.set(CURLOPT_ERRORBUFFER, UnsafeRawPointer(transfer.errorText.baseAddress))
        // No signal handlers in a library; the transport's thread blocks SIGPIPE instead.
        try transfer.easy.set(CURLOPT_NOSIGNAL, 1)
        try transfer.easy.check(keybaton_curl_allow_http_and_https_only(easy))
        try transfer.easy.check(keybaton_curl_do_not_wait_for_the_resolver(easy))
        try transfer.easy.check(keybaton_curl_do_not_inherit_sockets(easy))
        try transfer.easy.set(CURLOPT_FOLLOWLOCATION, 0)
        try transfer.easy.set(CURLOPT_NETRC, keybaton_curl_netrc_ignored())
        // The services called here speak 1.1 only, and a request stays on a connection of its own.
        try transfer.easy.set(CURLOPT_HTTP_VERSION, keybaton_curl_http_1_1())
        try transfer.easy.set(CURLOPT_HTTP09_ALLOWED, 0)
        try transfer.easy.set(CURLOPT_CONNECTTIMEOUT_MS, limits.connectTimeout.curlMilliseconds)
        try transfer.easy.set(CURLOPT_TIMEOUT_MS, limits.totalTimeout.curlMilliseconds)
        if transfer.request.method != "HEAD", limits.maximumBodySize > 0 {
            // Refuses by Content-Length before a byte of the body; the answer to a HEAD only announces one.
            try transfer.easy.setOffset(CURLOPT_MAXFILESIZE_LARGE, curl_off_t(limits.maximumBodySize))
        }
        try transfer.easy.set(CURLOPT_FRESH_CONNECT, limits.mayReuseConnection ? 0 : 1)
        let context = UnsafeRawPointer(Unmanaged.passUnretained(transfer).toOpaque())
        try transfer.easy.set(CURLOPT_WRITEDATA, context)
        try transfer.easy.set(CURLOPT_HEADERDATA, context)
        try transfer.easy.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            receive(bytes, size * count, context) { $0.receiveBody($1) }
        }
        try transfer.easy.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            receive(bytes, size * count, context) { $0.receiveHeader($1) }
        }
    }

    private func applyRequest(to transfer: Transfer) throws(CurlFailure) {
        let request = transfer.request
        try transfer.easy.set(CURLOPT_URL, "\(request.url.scheme)://\(request.url.authority)/")
        // Sent as it is: curl's own handling of CURLOPT_URL would tidy up what has been signed.
        try transfer.easy.set(CURLOPT_REQUEST_TARGET, request.url.target)
        if request.method == "HEAD" {
            try transfer.easy.set(CURLOPT_NOBODY, 1)
        } else {
            if request.body.isEmpty, request.method == "GET" || request.method == "DELETE" {
                try transfer.easy.set(CURLOPT_HTTPGET, 1)
            } else {
                try transfer.easy.set(CURLOPT_POST, 1)
                try transfer.easy.set(CURLOPT_POSTFIELDS, UnsafeRawPointer(transfer.body.baseAddress))
                try transfer.easy.setOffset(CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(transfer.body.count))
            }
            try transfer.easy.set(CURLOPT_CUSTOMREQUEST, request.method)
        }
        // "Name;" sends an empty value; "Name:" keeps curl from adding a header of its own.
        for header in request.headers {
            try transfer.headerList.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        for name in ["Accept", "Content-Type", "Expect", "User-Agent"] where request.header(name) == nil {
            try transfer.headerList.append("\(name):")
        }
        if request.header("Host") == nil {
            try transfer.headerList.append("Host: \(request.url.authority)")
        }
        try transfer.easy.set(CURLOPT_HTTPHEADER, UnsafeRawPointer(transfer.headerList.pointer))
    }

    private func applyTrust(to transfer: Transfer) throws(CurlFailure) {
        let tls = keybaton_curl_tls_1_2()
        try transfer.easy.set(CURLOPT_SSLVERSION, tls)
        try transfer.easy.set(CURLOPT_SSL_VERIFYPEER, 1)
        try transfer.easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        try transfer.easy.set(CURLOPT_CAINFO, caBundle)
        // Debian builds a default folder in, which would be trusted besides the bundle that was chosen.
        try transfer.easy.set(CURLOPT_CAPATH, nil as String?)
        let isProxied =
            transfer.request.url.scheme == "https"
            && !RequestPolicy.isMetadataService(transfer.request.url.host)
        // Both are always set: curl reads the variables of the process for what is not.
        try transfer.easy.set(CURLOPT_NOPROXY, proxy.exceptions)
        try transfer.easy.set(CURLOPT_PROXY, isProxied ? proxy.url ?? "" : "")
        guard isProxied, proxy.url != nil else { return }
        // The request's headers, its signature among them, are not for the proxy.
        try transfer.easy.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        try transfer.easy.set(CURLOPT_PROXYUSERPWD, proxy.credentials)
        try transfer.easy.set(CURLOPT_PROXY_SSLVERSION, tls)
        try transfer.easy.set(CURLOPT_PROXY_CAINFO, caBundle)
        try transfer.easy.set(CURLOPT_PROXY_CAPATH, nil as String?)
    }
}

/// Hands bytes from curl's callback to the transfer; anything but `count` makes curl stop.
private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ body: (Transfer, UnsafeRawBufferPointer) -> Bool
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    guard body(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) else {
        return count == 0 ? 1 : 0
    }
    return count
}

extension Duration {
    /// At least 1, as 0 means "for ever" to curl.
    fileprivate var curlMilliseconds: Int {
        let (seconds, attoseconds) = components
        let milliseconds = min(max(seconds, 0), 86_400) * 1000 + attoseconds / 1_000_000_000_000_000
        return Int(max(milliseconds, 1))
    }
}
