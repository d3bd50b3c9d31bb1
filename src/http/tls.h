/*
 * tls.h
 *	  The endpoint's certificate and key.
 *
 * They are read when a worker starts and again at SIGHUP.  What cannot be read
 * then leaves those in use that were; connections that are open are not
 * touched.
 */
#ifndef DYNAMO_TLS_H
#define DYNAMO_TLS_H

#include <gnutls/gnutls.h>
#include <gnutls/abstract.h>

/* Declares dynamo.ssl, dynamo.ssl_cert_file and dynamo.ssl_key_file. */
extern void TlsInit(void);

/* dynamo.ssl. */
extern bool TlsIsOn(void);

/* Reads certificate and key.  Raises an error if it cannot. */
extern void TlsStart(void);

/* Reads them again if the files, or their names, have changed. */
extern void TlsReload(void);

/* Frees what was replaced longer ago than a handshake may take; once a second. */
extern void TlsTick(int handshake_seconds);

/* Protocols and ciphers, for gnutls_priority_init(). */
extern const char *TlsPriorities(void);

/* libmicrohttpd asks for the certificate of each new connection. */
extern gnutls_certificate_retrieve_function2 TlsCertificate;

#endif							/* DYNAMO_TLS_H */
