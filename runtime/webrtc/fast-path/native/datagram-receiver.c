/*
 * Takes what has come to a socket in one system call and hands it over in as few calls to JavaScript as that asks for.
 * Node's own way makes memory of 64 kB, an object, an address and an event for each datagram, and asks the kernel once
 * more for nothing.
 */
#include "native.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The order of native-receiver.ts. */
enum { LENGTH, PORT, ADDRESS, ADDRESS_WORDS = 4, COLUMNS = ADDRESS + ADDRESS_WORDS };
enum { MOST_DATAGRAMS = 16, DATAGRAM_BYTES = 2048, FIRST_PLACES = 64 };
/* Instead of a count and of a length. */
enum { FAILED = -1, TOO_LONG = -1 };

struct Receiver {
  napi_env env;
  napi_ref onDatagrams;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  uv_handle_t *poll;
  int descriptor;
  uint32_t id;
  bool ended;
};

/* Of whichever socket is being read: it is JavaScript's until all rows are taken. */
struct Arrivals {
  uint8_t *memory;
  int32_t *next; /* the first row that JavaScript has not taken */
  int32_t *rows;
  struct mmsghdr messages[MOST_DATAGRAMS];
  struct iovec parts[MOST_DATAGRAMS];
  struct sockaddr_storage sources[MOST_DATAGRAMS];
};

static void describe(const Arrivals *arrivals, int i) {
  const struct mmsghdr *message = &arrivals->messages[i];
  const struct sockaddr_storage *source = &arrivals->sources[i];
  int32_t *row = arrivals->rows + i * COLUMNS;
  memset(row, 0, COLUMNS * sizeof *row);
  row[LENGTH] = (message->msg_hdr.msg_flags & MSG_TRUNC) != 0 ? TOO_LONG : (int32_t)message->msg_len;
  if (source->ss_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)source;
    row[PORT] = ntohs(v6->sin6_port);
    memcpy(row + ADDRESS, &v6->sin6_addr, sizeof v6->sin6_addr);
  } else {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)source;
    row[PORT] = ntohs(v4->sin_port);
    memcpy(row + ADDRESS, &v4->sin_addr, sizeof v4->sin_addr);
  }
}

/* How many there were, or FAILED. */
static int takeDatagrams(Arrivals *arrivals, int descriptor) {
  for (int i = 0; i < MOST_DATAGRAMS; i++) {
    arrivals->messages[i].msg_hdr.msg_namelen = sizeof arrivals->sources[i];
  }
  int count = recvmmsg(descriptor, arrivals->messages, MOST_DATAGRAMS, MSG_DONTWAIT, NULL);
  if (count < 0) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : FAILED;
  }
  for (int i = 0; i < count; i++) {
    describe(arrivals, i);
  }
  return count;
}

/* What a call leaves to promises is done when it returns, unless it throws; an exception has been told. */
static void callBack(const Receiver *receiver, int count) {
  napi_env env = receiver->env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) {
    return;
  }
  napi_value function;
  napi_value global;
  napi_value argument;
  napi_value result;
  napi_get_reference_value(env, receiver->onDatagrams, &function);
  napi_get_global(env, &global);
  napi_create_int32(env, count, &argument);
  if (napi_make_callback(env, receiver->context, global, function, 1, &argument, &result) == napi_pending_exception) {
    napi_value error;
    napi_get_and_clear_last_exception(env, &error);
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}

/* JavaScript stops where promises are to be kept before the next datagram, and where something is thrown. */
static void handOver(const Receiver *receiver, const Arrivals *arrivals, int count) {
  *arrivals->next = 0;
  for (int taken = 0; taken < count && !receiver->ended;) {
    callBack(receiver, count);
    taken = *arrivals->next > taken ? *arrivals->next : taken + 1;
    *arrivals->next = taken;
  }
}

static void onReadable(uv_handle_t *poll, int status, int events) {
  Receiver *receiver = uv.data(poll);
  Arrivals *arrivals = helperOf(receiver->env)->arrivals;
  int count = FAILED;
  (void)events;
  if (status < 0) {
    /* libuv stops watching a socket that has an error; to ask for it is to take it away. */
    int error;
    socklen_t errorBytes = sizeof error;
    getsockopt(receiver->descriptor, SOL_SOCKET, SO_ERROR, &error, &errorBytes);
    uv.startPoll(poll, UV_READABLE, onReadable);
  } else {
    count = takeDatagrams(arrivals, receiver->descriptor);
  }
  if (count < 0) {
    callBack(receiver, FAILED);
  } else {
    handOver(receiver, arrivals, count);
  }
}

static void onClosed(uv_handle_t *poll) {
  Receiver *receiver = uv.data(poll);
  napi_remove_async_cleanup_hook(receiver->hook);
  free(receiver);
  free(poll);
}

static void endReceiver(Receiver *receiver) {
  if (receiver->ended) {
    return;
  }
  receiver->ended = true;
  helperOf(receiver->env)->receivers[receiver->id] = NULL;
  uv.close(receiver->poll, onClosed);
  /* At once, as nothing is to be bound to the port any more. */
  close(receiver->descriptor);
  napi_delete_reference(receiver->env, receiver->onDatagrams);
  napi_async_destroy(receiver->env, receiver->context);
}

static void onEnvironmentEnds(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  endReceiver(data);
}

static uint32_t freePlace(Helper *helper) {
  for (uint32_t i = 0; i < helper->receiverCount; i++) {
    if (helper->receivers[i] == NULL) {
      return i;
    }
  }
  uint32_t place = helper->receiverCount;
  uint32_t count = place == 0 ? FIRST_PLACES : 2 * place;
  Receiver **grown = realloc(helper->receivers, count * sizeof(Receiver *));
  if (grown == NULL) {
    return UINT32_MAX;
  }
  memset(grown + place, 0, (count - place) * sizeof(Receiver *));
  helper->receivers = grown;
  helper->receiverCount = count;
  return place;
}

/* Whether the system lets us: where a filter forbids the call, the socket would be ready for ever. */
static bool canTakeDatagrams(Arrivals *arrivals, int descriptor) {
  return recvmmsg(descriptor, arrivals->messages, 0, MSG_DONTWAIT, NULL) == 0;
}

/* Watches a copy of the descriptor: libuv watches the socket itself already, for Node. Frees all if it fails. */
static Receiver *watch(napi_env env, int descriptor) {
  struct uv_loop_s *loop = NULL;
  Receiver *receiver = calloc(1, sizeof *receiver);
  uv_handle_t *poll = calloc(1, uv.handleSize(UV_POLL));
  int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (receiver == NULL || poll == NULL || copy < 0 || napi_get_uv_event_loop(env, &loop) != napi_ok ||
      uv.initPoll(loop, poll, copy) != 0) {
    if (copy >= 0) {
      close(copy);
    }
    free(receiver);
    free(poll);
    return NULL;
  }
  receiver->env = env;
  receiver->poll = poll;
  receiver->descriptor = copy;
  uv.setData(poll, receiver);
  return receiver;
}

/* receive(descriptor, onDatagrams): the number of a new receiver */
static napi_value receive(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value given[2];
  napi_valuetype type = napi_undefined;
  int32_t descriptor = -1;
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  napi_typeof(env, given[1], &type);
  if (napi_get_value_int32(env, given[0], &descriptor) != napi_ok || type != napi_function) {
    return fail(env, "expected the number of a socket and a function");
  }
  Helper *helper = helperOf(env);
  uint32_t id = freePlace(helper);
  bool possible = id != UINT32_MAX && canTakeDatagrams(helper->arrivals, descriptor);
  Receiver *receiver = possible ? watch(env, descriptor) : NULL;
  if (receiver == NULL) {
    return fail(env, "the socket cannot be watched");
  }
  napi_value name;
  receiver->id = id;
  helper->receivers[id] = receiver;
  napi_create_string_utf8(env, "roomflow:datagrams", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &receiver->context);
  napi_create_reference(env, given[1], 1, &receiver->onDatagrams);
  napi_add_async_cleanup_hook(env, onEnvironmentEnds, receiver, &receiver->hook);
  if (uv.startPoll(receiver->poll, UV_READABLE, onReadable) != 0) {
    endReceiver(receiver);
    return fail(env, "the socket cannot be watched");
  }
  napi_value result;
  napi_create_uint32(env, id, &result);
  return result;
}

/* stop(receiver) */
static napi_value stop(napi_env env, napi_callback_info info) {
  uint32_t id = numberGiven(env, info);
  const Helper *helper = helperOf(env);
  if (id < helper->receiverCount && helper->receivers[id] != NULL) {
    endReceiver(helper->receivers[id]);
  }
  return NULL;
}

/* addressOf(i): where the datagram of that row came from, as text */
static napi_value addressOf(napi_env env, napi_callback_info info) {
  uint32_t i = numberGiven(env, info);
  if (i >= MOST_DATAGRAMS) {
    return fail(env, "there is no such row");
  }
  const struct sockaddr_storage *source = &helperOf(env)->arrivals->sources[i];
  const void *address = source->ss_family == AF_INET6 ? (const void *)&((const struct sockaddr_in6 *)source)->sin6_addr
                                                      : (const void *)&((const struct sockaddr_in *)source)->sin_addr;
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(source->ss_family == AF_INET6 ? AF_INET6 : AF_INET, address, text, sizeof text);
  napi_value result;
  napi_create_string_latin1(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

/* Memory that JavaScript sees as the property `name`, for as long as the environment lives. */
static void *share(napi_env env, napi_value exports, const char *name, size_t bytes) {
  void *memory = NULL;
  napi_value buffer;
  napi_ref kept;
  bool shared = napi_create_arraybuffer(env, bytes, &memory, &buffer) == napi_ok &&
                napi_create_reference(env, buffer, 1, &kept) == napi_ok &&
                napi_set_named_property(env, exports, name, buffer) == napi_ok;
  return shared ? memory : NULL;
}

bool defineReceiver(napi_env env, napi_value exports, Helper *helper) {
  Arrivals *arrivals = calloc(1, sizeof *arrivals);
  if (arrivals == NULL) {
    return false;
  }
  helper->arrivals = arrivals;
  arrivals->memory = share(env, exports, "datagrams", MOST_DATAGRAMS * DATAGRAM_BYTES);
  arrivals->next = share(env, exports, "arrivals", (1 + MOST_DATAGRAMS * COLUMNS) * sizeof *arrivals->rows);
  if (arrivals->memory == NULL || arrivals->next == NULL) {
    return false;
  }
  arrivals->rows = arrivals->next + 1;
  for (int i = 0; i < MOST_DATAGRAMS; i++) {
    arrivals->parts[i] = (struct iovec){ arrivals->memory + i * DATAGRAM_BYTES, DATAGRAM_BYTES };
    arrivals->messages[i].msg_hdr =
        (struct msghdr){ .msg_name = &arrivals->sources[i], .msg_iov = &arrivals->parts[i], .msg_iovlen = 1 };
  }
  define(env, exports, "receive", receive);
  define(env, exports, "stop", stop);
  define(env, exports, "addressOf", addressOf);
  return true;
}
