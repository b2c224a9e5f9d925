#pragma once

#include <curl/curl.h>
#include <fcntl.h>

// curl_easy_setopt is variadic, which Swift does not import: one shim for each type of value. The parentheses keep
// curl's own macro of the same name out, which only checks types that are fixed here anyway.

static inline CURLcode keybaton_curl_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}

// curl_off_t is 64 bits wide where long may be 32.
static inline CURLcode keybaton_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}

// Strings are copied by curl, and NULL switches the built-in default off.
static inline CURLcode keybaton_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}

// Pointers (the body, the header list, the callbacks' context) are not copied: they must outlive the transfer.
static inline CURLcode keybaton_curl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return (curl_easy_setopt)(easy, option, value);
}

// CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION take callbacks of this one type.
typedef size_t (*keybaton_curl_receiver)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode keybaton_curl_set_receiver(CURL *easy, CURLoption option, keybaton_curl_receiver receiver) {
    return (curl_easy_setopt)(easy, option, receiver);
}

// CURLOPT_PROTOCOLS_STR came with 7.85; Ubuntu 22.04 has 7.81, where only the older bit mask exists.
static inline CURLcode keybaton_curl_allow_http_and_https_only(CURL *easy) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code != CURLE_UNKNOWN_OPTION) return code;
    return (curl_easy_setopt)(easy, (CURLoption)181, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
}

// CURLOPT_QUICK_EXIT came with 7.87: without it, giving up on a name that does not resolve waits for the resolver's
// thread. An older curl does without.
static inline CURLcode keybaton_curl_do_not_wait_for_the_resolver(CURL *easy) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_QUICK_EXIT, 1L);
    return code == CURLE_UNKNOWN_OPTION ? CURLE_OK : code;
}

// Hooks that are started meanwhile must not inherit connections; curl 7.88 opens them without SOCK_CLOEXEC.
static inline int keybaton_curl_close_on_exec(void *context, curl_socket_t socket, curlsocktype purpose) {
    (void)context;
    (void)purpose;
    return fcntl(socket, F_SETFD, FD_CLOEXEC) == -1 ? CURL_SOCKOPT_ERROR : CURL_SOCKOPT_OK;
}
static inline CURLcode keybaton_curl_do_not_inherit_sockets(CURL *easy) {
    return (curl_easy_setopt)(easy, CURLOPT_SOCKOPTFUNCTION, keybaton_curl_close_on_exec);
}

// Macros with casts or long suffixes, some of which Swift does not import.
static inline long keybaton_curl_tls_1_2(void) { return CURL_SSLVERSION_TLSv1_2; }
static inline long keybaton_curl_http_1_1(void) { return CURL_HTTP_VERSION_1_1; }
static inline long keybaton_curl_netrc_ignored(void) { return CURL_NETRC_IGNORED; }
static inline long keybaton_curl_global_all(void) { return CURL_GLOBAL_ALL; }

// `data` of CURLMsg is an anonymous union.
static inline CURLcode keybaton_curl_message_result(const CURLMsg *message) { return message->data.result; }

// curl_easy_getinfo is variadic too.
static inline long keybaton_curl_response_status(CURL *easy) {
    long status = 0;
    (curl_easy_getinfo)(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}
