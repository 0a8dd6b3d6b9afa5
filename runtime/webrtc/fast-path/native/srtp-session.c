/* SRTP with AES_CM_128_HMAC_SHA1_80 (RFC 3711): one session for each direction of a peer. */
#include "native.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64, FIRST_PLACES = 64 };

void endSession(Session *session) {
  if (session->cipher != NULL) {
    openssl.freeContext(session->cipher);
  }
  openssl.cleanse(session, sizeof *session);
}

Session *sessionAt(const Helper *helper, uint32_t id) {
  return id < helper->sessionCount && helper->sessions[id].cipher != NULL ? &helper->sessions[id] : NULL;
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

static uint32_t freePlace(Helper *helper) {
  for (uint32_t i = 0; i < helper->sessionCount; i++) {
    if (helper->sessions[i].cipher == NULL) {
      return i;
    }
  }
  uint32_t place = helper->sessionCount;
  uint32_t count = place == 0 ? FIRST_PLACES : 2 * place;
  /* Not realloc: it would leave keys behind. */
  Session *grown = calloc(count, sizeof *grown);
  if (grown == NULL) {
    return UINT32_MAX;
  }
  if (place > 0) {
    memcpy(grown, helper->sessions, place * sizeof *grown);
    openssl.cleanse(helper->sessions, place * sizeof *grown);
    free(helper->sessions);
  }
  helper->sessions = grown;
  helper->sessionCount = count;
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
  Helper *helper = helperOf(env);
  uint32_t id = freePlace(helper);
  if (id == UINT32_MAX) {
    return fail(env, "no memory for another session");
  }
  Session *session = &helper->sessions[id];
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
  Session *session = sessionAt(helperOf(env), id);
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
  Session *session = sessionAt(helperOf(env), numberGiven(env, info));
  if (session != NULL) {
    endSession(session);
  }
  return NULL;
}

/* The first four bytes of the packet's 48-bit index, as they are authenticated. */
static void writeRollOver(uint8_t bytes[4], uint32_t rollOver) {
  for (int i = 0; i < 4; i++) {
    bytes[i] = (uint8_t)(rollOver >> (24 - 8 * i));
  }
}

/* Encrypts or decrypts, which is the same in counter mode (RFC 3711 section 4.1.1). */
static bool applyKeyStream(const Session *session, uint8_t *packet, int headerLength, int length, uint32_t rollOver) {
  uint8_t index[6];
  writeRollOver(index, rollOver);
  memcpy(index + 4, packet + 2, 2);
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
  return openssl.initEncryption(session->cipher, NULL, NULL, NULL, counter) == 1 &&
         openssl.encrypt(session->cipher, payload, &written, payload, payloadBytes) == 1 && written == payloadBytes;
}

/* HMAC-SHA1 over the packet and the roll-over counter (RFC 3711 section 4.2). */
static bool digest(const Session *session, const uint8_t *packet, int length, uint32_t rollOver,
                   uint8_t result[DIGEST_BYTES]) {
  uint8_t trailer[4];
  writeRollOver(trailer, rollOver);
  SHA_CTX hash = session->inner;
  if (openssl.hash(&hash, packet, (size_t)length) != 1 || openssl.hash(&hash, trailer, sizeof trailer) != 1 ||
      openssl.finishHash(result, &hash) != 1) {
    return false;
  }
  hash = session->outer;
  return openssl.hash(&hash, result, DIGEST_BYTES) == 1 && openssl.finishHash(result, &hash) == 1;
}

bool seal(const Session *session, uint8_t *packet, int headerLength, int length, uint32_t rollOver) {
  uint8_t tag[DIGEST_BYTES];
  if (!applyKeyStream(session, packet, headerLength, length, rollOver) ||
      !digest(session, packet, length, rollOver, tag)) {
    return false;
  }
  memcpy(packet + length, tag, TAG_BYTES);
  return true;
}

/* Takes as long for any tag that is wrong. */
static bool isAuthentic(const Session *session, const uint8_t *packet, int length, uint32_t rollOver) {
  uint8_t tag[DIGEST_BYTES];
  if (!digest(session, packet, length, rollOver, tag)) {
    return false;
  }
  uint8_t difference = 0;
  for (int i = 0; i < TAG_BYTES; i++) {
    difference |= tag[i] ^ packet[length + i];
  }
  return difference == 0;
}

/* unseal(session, packet, headerLength, length, rollOver): whether it is authentic, and decrypted in place then. */
static napi_value unsealPacket(napi_env env, napi_callback_info info) {
  size_t count = 5;
  napi_value given[5];
  uint32_t id = UINT32_MAX;
  uint32_t headerLength = 0;
  uint32_t length = 0;
  uint32_t rollOver = 0;
  napi_typedarray_type type;
  size_t bytes = 0;
  void *packet = NULL;
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  napi_get_value_uint32(env, given[0], &id);
  napi_get_value_uint32(env, given[2], &headerLength);
  napi_get_value_uint32(env, given[3], &length);
  napi_get_value_uint32(env, given[4], &rollOver);
  const Session *session = sessionAt(helperOf(env), id);
  bool valid = session != NULL &&
               napi_get_typedarray_info(env, given[1], &type, &bytes, &packet, NULL, NULL) == napi_ok &&
               type == napi_uint8_array && headerLength >= RTP_HEADER_BYTES && length >= headerLength &&
               length <= INT32_MAX && (size_t)length + TAG_BYTES <= bytes;
  if (!valid) {
    return fail(env, "expected a session, and a packet with its lengths");
  }
  bool opened = isAuthentic(session, packet, (int)length, rollOver) &&
                applyKeyStream(session, packet, (int)headerLength, (int)length, rollOver);
  napi_value result;
  napi_get_boolean(env, opened, &result);
  return result;
}

void defineSessions(napi_env env, napi_value exports) {
  define(env, exports, "open", openSession);
  define(env, exports, "aim", aimSession);
  define(env, exports, "close", closeSession);
  define(env, exports, "unseal", unsealPacket);
}
