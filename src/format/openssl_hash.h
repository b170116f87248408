/* The hashes of a name by which OpenSSL finds a certificate in a folder. */
#pragma once

#include "base/span.h"

/*
 * What `openssl x509 -subject_hash` and -subject_hash_old print, of the whole TLV of a
 * Name: SHA-1 of a form in which case and white space count not, and MD5 of the bytes.
 */
uint32_t openssl_hash(struct span name);
uint32_t openssl_hash_old(struct span name);
