/*
 * Encrypts SRTP packets (AES_CM_128_HMAC_SHA1_80, RFC 3711) and sends them: all that one incoming packet gives rise to
 * in one call from JavaScript. AES and SHA-1 are OpenSSL's, which Node brings along and exports. Nothing in here
 * decides anything: indices, destinations and what is sent at all are given.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#if defined(__x86_64__) && defined(__GLIBC__)
/* glibc moved it in 2.34; by its old name the helper loads wherever Node does, from 2.28 on. */
__asm__(".symver dlsym,dlsym@GLIBC_2.2.5");
#endif

#ifndef SOURCE_SHA256
#error "SOURCE_SHA256 is the hash of this file: build it with build.mjs"
#endif

enum { KEY_BYTES = 16, SALT_BYTES = 14, AUTHENTICATION_KEY_BYTES = 20 };
enum { BLOCK_BYTES = 64, DIGEST_BYTES = 20, TAG_BYTES = 10, RTP_HEADER_BYTES = 12 };

/* What is known of a packet; the order of native-sender.ts. */
enum { SESSION, DESCRIPTOR, OFFSET, HEADER_LENGTH, LENGTH, ROLL_OVER, OUTCOME, COLUMNS };
enum { SENT = 0, SEALED = 1, REFUSED = 2 };

/* OpenSSL's, as its headers have them; they are looked up by name, so that a Node without them only has no helper. */
typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;
typedef struct {
  uint32_t state[5];
  uint32_t bits[2];
  uint32_t data[16];
  unsigned int count;
} SHA_CTX;

static struct {
  EVP_CIPHER_CTX *(*newContext)(void);
  void (*freeContext)(EVP_CIPHER_CTX *);
  const void *(*aes128Ctr)(void);
  int (*initEncryption)(EVP_CIPHER_CTX *, const void *, void *, const uint8_t *, const uint8_t *);
  int (*encrypt)(EVP_CIPHER_CTX *, uint8_t *, int *, const uint8_t *, int);
  int (*initHash)(SHA_CTX *);
  int (*hash)(SHA_CTX *, const void *, size_t);
  int (*finishHash)(uint8_t *, SHA_CTX *);
  void (*cleanse)(void *, size_t);
} openssl;

static const struct {
  const char *name;
  void **function;
} symbols[] = {
  { "EVP_CIPHER_CTX_new", (void **)&openssl.newContext },
  { "EVP_CIPHER_CTX_free", (void **)&openssl.freeContext },
  { "EVP_aes_128_ctr", (void **)&openssl.aes128Ctr },
  { "EVP_EncryptInit_ex", (void **)&openssl.initEncryption },
  { "EVP_EncryptUpdate", (void **)&openssl.encrypt },
  { "SHA1_Init", (void **)&openssl.initHash },
  { "SHA1_Update", (void **)&openssl.hash },
  { "SHA1_Final", (void **)&openssl.finishHash },
  { "OPENSSL_cleanse", (void **)&openssl.cleanse },
};

/* One direction of one peer: its keys, and where its packets go. */
typedef struct {
  EVP_CIPHER_CTX *cipher; /* NULL while the place is free */
  SHA_CTX inner;
  SHA_CTX outer;
  uint8_t salt[KEY_BYTES];
  struct sockaddr_storage destination;
  socklen_t destinationBytes;
} Session;

typedef struct {
  Session *sessions;
  uint32_t count;
} Sender;

static void endSession(Session *session) {
  if (session->cipher != NULL) {
    openssl.freeContext(session->cipher);
  }
  openssl.cleanse(session, sizeof *session);
}

static void endSender(napi_env env, void *data, void *hint) {
  Sender *sender = data;
  (void)env;
  (void)hint;
  for (uint32_t i = 0; i < sender->count; i++) {
    endSession(&sender->sessions[i]);
  }
  free(sender->sessions);
  free(sender);
}

static napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

static Sender *senderOf(napi_env env) {
  void *data = NULL;
  napi_get_instance_data(env, &data);
  return data;
}

static Session *sessionAt(Sender *sender, uint32_t id) {
  return id < sender->count && sender->sessions[id].cipher != NULL ? &sender->sessions[id] : NULL;
}

/* The bytes of an Uint8Array of this length, or NULL. */
static const uint8_t *bytesOf(napi_env env, napi_value value, size_t length) {
  napi_typedarray_type type;
  size_t count;
  void *bytes;
  if (napi_get_typedarray_info(env, value, &type, &count, &bytes, NULL, NULL) != napi_ok ||
      type != napi_uint8_array || count != length) {
    return NULL;
  }
  return bytes;
}

static uint32_t freePlace(Sender *sender) {
  for (uint32_t i = 0; i < sender->count; i++) {
    if (sender->sessions[i].cipher == NULL) {
      return i;
    }
  }
  uint32_t count = sender->count == 0 ? 64 : 2 * sender->count;
  Session *grown = calloc(count, sizeof *grown);
  if (grown == NULL) {
    return UINT32_MAX;
  }
  if (sender->count > 0) {
    memcpy(grown, sender->sessions, sender->count * sizeof *grown);
    openssl.cleanse(sender->sessions, sender->count * sizeof *grown);
    free(sender->sessions);
  }
  uint32_t place = sender->count;
  sender->sessions = grown;
  sender->count = count;
  return place;
}

static bool keyHashes(Session *session, const uint8_t *key) {
  uint8_t block[BLOCK_BYTES];
  memset(block, 0x36, sizeof block);
  for (int i = 0; i < AUTHENTICATION_KEY_BYTES; i++) {
    block[i] ^= key[i];
  }
  bool keyed = openssl.initHash(&session->inner) == 1 && openssl.hash(&session->inner, block, sizeof block) == 1;
  for (int i = 0; i < BLOCK_BYTES; i++) {
    block[i] ^= 0x36 ^ 0x5c;
  }
  keyed = keyed && openssl.initHash(&session->outer) == 1 && openssl.hash(&session->outer, block, sizeof block) == 1;
  openssl.cleanse(block, sizeof block);
  return keyed;
}

/* open(encryptionKey, authenticationKey, salt): the number of a new session */
static napi_value openSession(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value given[3];
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  const uint8_t *key = bytesOf(env, given[0], KEY_BYTES);
  const uint8_t *authenticationKey = bytesOf(env, given[1], AUTHENTICATION_KEY_BYTES);
  const uint8_t *salt = bytesOf(env, given[2], SALT_BYTES);
  if (key == NULL || authenticationKey == NULL || salt == NULL) {
    return fail(env, "expected keys of 16 and 20 bytes and a salt of 14");
  }
  Sender *sender = senderOf(env);
  uint32_t id = freePlace(sender);
  if (id == UINT32_MAX) {
    return fail(env, "no memory for another session");
  }
  Session *session = &sender->sessions[id];
  session->cipher = openssl.newContext();
  if (session->cipher == NULL ||
      openssl.initEncryption(session->cipher, openssl.aes128Ctr(), NULL, key, NULL) != 1 ||
      !keyHashes(session, authenticationKey)) {
    endSession(session);
    return fail(env, "OpenSSL takes neither AES-128 nor SHA-1");
  }
  memcpy(session->salt, salt, SALT_BYTES);
  napi_value result;
  napi_create_uint32(env, id, &result);
  return result;
}

/* aim(session, address, port): where its packets go from now on */
static napi_value aimSession(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value given[3];
  uint32_t id = UINT32_MAX;
  uint32_t port = 0;
  char address[INET6_ADDRSTRLEN] = "";
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  napi_get_value_uint32(env, given[0], &id);
  napi_get_value_string_utf8(env, given[1], address, sizeof address, NULL);
  napi_get_value_uint32(env, given[2], &port);
  Session *session = sessionAt(senderOf(env), id);
  if (session == NULL) {
    return fail(env, "there is no such session");
  }
  memset(&session->destination, 0, sizeof session->destination);
  struct sockaddr_in *v4 = (struct sockaddr_in *)&session->destination;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&session->destination;
  session->destinationBytes = 0;
  if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons((uint16_t)port);
    session->destinationBytes = sizeof *v4;
  } else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons((uint16_t)port);
    session->destinationBytes = sizeof *v6;
  }
  napi_value result;
  napi_get_boolean(env, session->destinationBytes > 0, &result);
  return result;
}

/* close(session) */
static napi_value closeSession(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value given[1];
  uint32_t id = UINT32_MAX;
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  napi_get_value_uint32(env, given[0], &id);
  Session *session = sessionAt(senderOf(env), id);
  if (session != NULL) {
    endSession(session);
  }
  return NULL;
}

/* Encrypts in place and writes the tag; if this fails the packet must not be sent. */
static bool seal(Session *session, uint8_t *packet, int headerLength, int length, uint32_t rollOver) {
  const uint8_t index[6] = { rollOver >> 24, rollOver >> 16, rollOver >> 8, rollOver, packet[2], packet[3] };
  /* RFC 3711 section 4.1.1 */
  uint8_t counter[KEY_BYTES];
  memcpy(counter, session->salt, sizeof counter);
  for (int i = 0; i < 4; i++) {
    counter[4 + i] ^= packet[8 + i];
  }
  for (int i = 0; i < 6; i++) {
    counter[8 + i] ^= index[i];
  }
  uint8_t *payload = packet + headerLength;
  int payloadBytes = length - headerLength;
  int written = -1;
  if (openssl.initEncryption(session->cipher, NULL, NULL, NULL, counter) != 1 ||
      openssl.encrypt(session->cipher, payload, &written, payload, payloadBytes) != 1 || written != payloadBytes) {
    return false;
  }
  /* RFC 3711 section 4.2: over the packet and the roll-over counter. */
  uint8_t digest[DIGEST_BYTES];
  SHA_CTX hash = session->inner;
  if (openssl.hash(&hash, packet, (size_t)length) != 1 || openssl.hash(&hash, index, 4) != 1 ||
      openssl.finishHash(digest, &hash) != 1) {
    return false;
  }
  hash = session->outer;
  if (openssl.hash(&hash, digest, sizeof digest) != 1 || openssl.finishHash(digest, &hash) != 1) {
    return false;
  }
  memcpy(packet + length, digest, TAG_BYTES);
  return true;
}

static int32_t transmit(const Session *session, int descriptor, const uint8_t *packet, int length) {
  for (;;) {
    ssize_t sent = sendto(descriptor, packet, (size_t)length, MSG_DONTWAIT,
                          (const struct sockaddr *)&session->destination, session->destinationBytes);
    if (sent >= 0) {
      return SENT;
    }
    if (errno != EINTR) {
      return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? SEALED : REFUSED;
    }
  }
}

/* Where the packet of a row begins, or NULL if the row is not what it should be. */
static uint8_t *packetOf(Sender *sender, const int32_t *row, uint8_t *memory, size_t bytes) {
  int64_t offset = row[OFFSET];
  int64_t headerLength = row[HEADER_LENGTH];
  int64_t length = row[LENGTH];
  bool fits = offset >= 0 && headerLength >= RTP_HEADER_BYTES && length >= headerLength &&
              offset + length + TAG_BYTES <= (int64_t)bytes;
  return fits && sessionAt(sender, (uint32_t)row[SESSION]) != NULL ? memory + offset : NULL;
}

/* Whether a packet before this one waits for room in the same socket: it must not be overtaken. */
static bool isBehindAnother(const int32_t *rows, uint32_t i) {
  for (uint32_t before = 0; before < i; before++) {
    const int32_t *row = rows + before * COLUMNS;
    if (row[OUTCOME] == SEALED && row[DESCRIPTOR] == rows[i * COLUMNS + DESCRIPTOR]) {
      return true;
    }
  }
  return false;
}

/* send(rows, count, memory): how many were not sent; their rows say why. First all are encrypted, then all sent. */
static napi_value sendPackets(napi_env env, napi_callback_info info) {
  size_t given = 3;
  napi_value values[3];
  napi_typedarray_type type;
  size_t numbers = 0;
  size_t bytes = 0;
  void *rows = NULL;
  void *memory = NULL;
  uint32_t count = 0;
  napi_get_cb_info(env, info, &given, values, NULL, NULL);
  bool valid = napi_get_typedarray_info(env, values[0], &type, &numbers, &rows, NULL, NULL) == napi_ok &&
               type == napi_int32_array && napi_get_value_uint32(env, values[1], &count) == napi_ok &&
               (size_t)count * COLUMNS <= numbers &&
               napi_get_typedarray_info(env, values[2], &type, &bytes, &memory, NULL, NULL) == napi_ok &&
               type == napi_uint8_array;
  if (!valid) {
    return fail(env, "expected rows, their count and the memory that the packets are in");
  }
  Sender *sender = senderOf(env);
  for (uint32_t i = 0; i < count; i++) {
    int32_t *row = (int32_t *)rows + i * COLUMNS;
    uint8_t *packet = packetOf(sender, row, memory, bytes);
    bool sealed = packet != NULL && seal(&sender->sessions[row[SESSION]], packet, row[HEADER_LENGTH], row[LENGTH],
                                         (uint32_t)row[ROLL_OVER]);
    row[OUTCOME] = sealed ? SEALED : REFUSED;
  }
  uint32_t left = 0;
  for (uint32_t i = 0; i < count; i++) {
    int32_t *row = (int32_t *)rows + i * COLUMNS;
    if (row[OUTCOME] == SEALED && (left == 0 || !isBehindAnother(rows, i))) {
      row[OUTCOME] = transmit(&sender->sessions[row[SESSION]], row[DESCRIPTOR], (uint8_t *)memory + row[OFFSET],
                              row[LENGTH] + TAG_BYTES);
    }
    left += row[OUTCOME] != SENT;
  }
  napi_value result;
  napi_create_uint32(env, left, &result);
  return result;
}

static void define(napi_env env, napi_value exports, const char *name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value);
  napi_set_named_property(env, exports, name, value);
}

NAPI_MODULE_INIT() {
  for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
    *symbols[i].function = dlsym(RTLD_DEFAULT, symbols[i].name);
    if (*symbols[i].function == NULL) {
      return fail(env, "this Node does not export OpenSSL");
    }
  }
  Sender *sender = calloc(1, sizeof *sender);
  if (sender == NULL || napi_set_instance_data(env, sender, endSender, NULL) != napi_ok) {
    free(sender);
    return fail(env, "no memory");
  }
  define(env, exports, "open", openSession);
  define(env, exports, "aim", aimSession);
  define(env, exports, "close", closeSession);
  define(env, exports, "send", sendPackets);
  napi_value source;
  napi_create_string_utf8(env, SOURCE_SHA256, NAPI_AUTO_LENGTH, &source);
  napi_set_named_property(env, exports, "source", source);
  return exports;
}
