#pragma once

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

// A macro whose value is a cast, which Swift does not import.
static inline uint64_t keybaton_openssl_no_atexit(void) { return OPENSSL_INIT_NO_ATEXIT; }
