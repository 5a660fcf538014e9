// libpq, PostgreSQL's own client library.
#pragma once
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif

/* libpq's default writes every notice of the server to standard error. */
static inline void shim_ignore_notice(void *context, const PGresult *result) {
    (void)context;
    (void)result;
}

static inline void shim_ignore_notices(PGconn *connection) {
    PQsetNoticeReceiver(connection, shim_ignore_notice, NULL);
}
