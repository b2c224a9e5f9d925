import CCurl
import COpenSSL

/// The once-a-process set-up of OpenSSL and libcurl.
enum CurlGlobal {
    /// nil when it succeeded.
    ///
    /// Without NO_ATEXIT, OpenSSL frees its state when `exit` runs while the transport's thread may still use it, which
    /// crashes a program that has already done its work. It counts only if it comes before curl's own initialisation.
    /// There is no counterpart: `curl_global_cleanup` is not needed by a process that ends.
    static let failure: HTTPError? = {
        guard OPENSSL_init_crypto(keybaton_openssl_no_atexit(), nil) == 1 else {
            return HTTPError(.configuration, host: "", message: "OpenSSL could not be initialised")
        }
        let code = curl_global_init(keybaton_curl_global_all())
        guard code == CURLE_OK else {
            return HTTPError(.configuration, host: "", message: "libcurl: \(CurlFailure(code: code).message)")
        }
        return nil
    }()
}
