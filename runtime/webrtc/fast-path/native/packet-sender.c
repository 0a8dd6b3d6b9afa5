/* Encrypts packets and sends them: all that one incoming packet gives rise to in one call from JavaScript. */
#include "native.h"
#include <errno.h>

/* What is known of a packet; the order of native-sender.ts. */
enum { SESSION, DESCRIPTOR, OFFSET, HEADER_LENGTH, LENGTH, ROLL_OVER, OUTCOME, COLUMNS };
enum { SENT = 0, SEALED = 1, REFUSED = 2 };

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
static uint8_t *packetOf(const Helper *helper, const int32_t *row, uint8_t *memory, size_t bytes) {
  int64_t offset = row[OFFSET];
  int64_t headerLength = row[HEADER_LENGTH];
  int64_t length = row[LENGTH];
  bool fits = offset >= 0 && headerLength >= RTP_HEADER_BYTES && length >= headerLength &&
              offset + length + TAG_BYTES <= (int64_t)bytes;
  return fits && sessionAt(helper, (uint32_t)row[SESSION]) != NULL ? memory + offset : NULL;
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
  const Helper *helper = helperOf(env);
  for (uint32_t i = 0; i < count; i++) {
    int32_t *row = (int32_t *)rows + i * COLUMNS;
    uint8_t *packet = packetOf(helper, row, memory, bytes);
    bool sealed = packet != NULL && seal(&helper->sessions[row[SESSION]], packet, row[HEADER_LENGTH], row[LENGTH],
                                         (uint32_t)row[ROLL_OVER]);
    row[OUTCOME] = sealed ? SEALED : REFUSED;
  }
  uint32_t left = 0;
  for (uint32_t i = 0; i < count; i++) {
    int32_t *row = (int32_t *)rows + i * COLUMNS;
    if (row[OUTCOME] == SEALED && (left == 0 || !isBehindAnother(rows, i))) {
      row[OUTCOME] = transmit(&helper->sessions[row[SESSION]], row[DESCRIPTOR], (uint8_t *)memory + row[OFFSET],
                              row[LENGTH] + TAG_BYTES);
    }
    left += row[OUTCOME] != SENT;
  }
  napi_value result;
  napi_create_uint32(env, left, &result);
  return result;
}

void defineSender(napi_env env, napi_value exports) {
  define(env, exports, "send", sendPackets);
}
