// libcurl's setters and getters are variadic, which Swift cannot call, and some of its
// constants are casts, which Swift does not import: one inline wrapper for each shape.
#pragma once
#include <curl/curl.h>
#include <stddef.h>

static inline CURLcode shim_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_setopt_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

/* libcurl copies the bytes, so they need to live no longer than this call. */
static inline CURLcode shim_setopt_blob(CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob;
    blob.data = (void *)bytes;
    blob.len = count;
    blob.flags = CURL_BLOB_COPY;
    return curl_easy_setopt(handle, option, &blob);
}

typedef size_t (*shim_data_callback)(char *data, size_t size, size_t count, void *context);

static inline CURLcode shim_setopt_data_callback(CURL *handle, CURLoption option, shim_data_callback function) {
    return curl_easy_setopt(handle, option, function);
}

static inline CURLcode shim_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode shim_getinfo_certificates(CURL *handle, struct curl_certinfo **value) {
    return curl_easy_getinfo(handle, CURLINFO_CERTINFO, value);
}

static inline CURLMcode shim_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/* CURLAUTH_* are casts of unsigned long. */
static inline long shim_auth_any(void) { return (long)CURLAUTH_ANY; }
