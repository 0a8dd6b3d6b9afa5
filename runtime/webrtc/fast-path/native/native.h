/*
 * What the native helper is made of. It holds keys, sockets' numbers and memory, and does what it is told; nothing in here
 * decides anything: indices, destinations and what is sent at all are given from JavaScript.
 */
#ifndef ROOMFLOW_NATIVE_H
#define ROOMFLOW_NATIVE_H

#define _GNU_SOURCE
#include <netinet/in.h>
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { KEY_BYTES = 16, SALT_BYTES = 14, AUTHENTICATION_KEY_BYTES = 20, TAG_BYTES = 10, RTP_HEADER_BYTES = 12 };
enum { DIGEST_BYTES = 20 };

/* OpenSSL's, as its headers have them; they are looked up by name, so that a Node without them only has no helper. */
typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;
typedef struct {
  uint32_t state[5];
  uint32_t bits[2];
  uint32_t data[16];
  unsigned int count;
} SHA_CTX;

typedef struct {
  EVP_CIPHER_CTX *(*newContext)(void);
  void (*freeContext)(EVP_CIPHER_CTX *);
  const void *(*aes128Ctr)(void);
  int (*initEncryption)(EVP_CIPHER_CTX *, const void *, void *, const uint8_t *, const uint8_t *);
  int (*encrypt)(EVP_CIPHER_CTX *, uint8_t *, int *, const uint8_t *, int);
  int (*initHash)(SHA_CTX *);
  int (*hash)(SHA_CTX *, const void *, size_t);
  int (*finishHash)(uint8_t *, SHA_CTX *);
  void (*cleanse)(void *, size_t);
} OpenSsl;

extern OpenSsl openssl;

/* libuv's, of the same Node: the numbers are those of its binary interface, which does not change within version 1. */
typedef struct uv_handle_s uv_handle_t;
enum { UV_POLL = 8, UV_READABLE = 1 };

typedef struct {
  size_t (*handleSize)(int type);
  int (*initPoll)(struct uv_loop_s *, uv_handle_t *, int descriptor);
  int (*startPoll)(uv_handle_t *, int events, void (*onEvent)(uv_handle_t *, int status, int events));
  void (*close)(uv_handle_t *, void (*onClosed)(uv_handle_t *));
  void *(*data)(const uv_handle_t *);
  void (*setData)(uv_handle_t *, void *);
} Uv;

extern Uv uv;

/* One direction of one peer: its keys, and where its packets go. */
typedef struct {
  EVP_CIPHER_CTX *cipher; /* NULL while the place is free */
  SHA_CTX inner;
  SHA_CTX outer;
  uint8_t salt[KEY_BYTES];
  struct sockaddr_storage destination;
  socklen_t destinationBytes;
} Session;

typedef struct Receiver Receiver;
typedef struct Arrivals Arrivals;

/* All there is in one environment of Node's: a process or a thread. */
typedef struct {
  Session *sessions;
  uint32_t sessionCount;
  Receiver **receivers; /* NULL where the place is free */
  uint32_t receiverCount;
  Arrivals *arrivals;
} Helper;

/* addon.c */
Helper *helperOf(napi_env env);
napi_value fail(napi_env env, const char *message);
/* The only argument of a call, or UINT32_MAX if it is no number. */
uint32_t numberGiven(napi_env env, napi_callback_info info);
void define(napi_env env, napi_value exports, const char *name, napi_callback function);

/* srtp-session.c */
void defineSessions(napi_env env, napi_value exports);
Session *sessionAt(const Helper *helper, uint32_t id);
void endSession(Session *session);
/* Encrypts in place and writes the tag; if this fails the packet must not be sent. */
bool seal(const Session *session, uint8_t *packet, int headerLength, int length, uint32_t rollOver);

/* packet-sender.c */
void defineSender(napi_env env, napi_value exports);

/* datagram-receiver.c */
bool defineReceiver(napi_env env, napi_value exports, Helper *helper);

#endif
