// unixODBC. Many of ODBC's constants are casts to pointers, which Swift does not import, and its attributes take
// numbers where pointers are declared: one inline wrapper for each shape.
#pragma once
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>
#include <stdint.h>

static inline SQLRETURN shim_odbc_environment(SQLHENV *environment) {
    SQLRETURN code = SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, environment);
    if (!SQL_SUCCEEDED(code)) return code;
    return SQLSetEnvAttr(*environment, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
}

static inline SQLRETURN shim_odbc_set_connection(SQLHDBC connection, SQLINTEGER attribute, uintptr_t value) {
    return SQLSetConnectAttr(connection, attribute, (SQLPOINTER)value, SQL_IS_UINTEGER);
}

static inline SQLRETURN shim_odbc_set_statement(SQLHSTMT statement, SQLINTEGER attribute, uintptr_t value) {
    return SQLSetStmtAttr(statement, attribute, (SQLPOINTER)value, SQL_IS_UINTEGER);
}

static inline SQLRETURN shim_odbc_set_statement_pointer(SQLHSTMT statement, SQLINTEGER attribute, void *value) {
    return SQLSetStmtAttr(statement, attribute, value, SQL_IS_POINTER);
}

static inline int shim_odbc_succeeded(SQLRETURN code) { return SQL_SUCCEEDED(code); }
