// Checksums of files use the plain functions of SHA-256: the general ones of OpenSSL 3 load its
// providers and read its configuration first, which takes longer than a thousand checksums.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
