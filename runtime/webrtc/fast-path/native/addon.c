/* The helper's way into Node: looks up what it needs of OpenSSL and libuv, which Node brings along and exports. */
#include "native.h"
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>

#if defined(__x86_64__) && defined(__GLIBC__)
/* glibc moved it in 2.34; by its old name the helper loads wherever Node does, from 2.28 on. */
__asm__(".symver dlsym,dlsym@GLIBC_2.2.5");
#endif

#ifndef SOURCE_SHA256
#error "SOURCE_SHA256 is the hash of the sources: build with build.mjs"
#endif

OpenSsl openssl;
Uv uv;

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
  { "uv_handle_size", (void **)&uv.handleSize },
  { "uv_poll_init", (void **)&uv.initPoll },
  { "uv_poll_start", (void **)&uv.startPoll },
  { "uv_close", (void **)&uv.close },
  { "uv_handle_get_data", (void **)&uv.data },
  { "uv_handle_set_data", (void **)&uv.setData },
};

/* Once for all threads. */
static bool findSymbols(void) {
  static atomic_flag searching = ATOMIC_FLAG_INIT;
  static bool found;
  while (atomic_flag_test_and_set(&searching)) {
  }
  size_t i = 0;
  while (!found && i < sizeof symbols / sizeof symbols[0] &&
         (*symbols[i].function = dlsym(RTLD_DEFAULT, symbols[i].name)) != NULL) {
    i++;
  }
  found = found || i == sizeof symbols / sizeof symbols[0];
  bool result = found;
  atomic_flag_clear(&searching);
  return result;
}

Helper *helperOf(napi_env env) {
  void *data = NULL;
  napi_get_instance_data(env, &data);
  return data;
}

napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

uint32_t numberGiven(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value given[1];
  uint32_t number = UINT32_MAX;
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  napi_get_value_uint32(env, given[0], &number);
  return number;
}

void define(napi_env env, napi_value exports, const char *name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value);
  napi_set_named_property(env, exports, name, value);
}

/* Receivers have ended by then: each has a clean-up hook of its own. */
static void endHelper(napi_env env, void *data, void *hint) {
  Helper *helper = data;
  (void)env;
  (void)hint;
  for (uint32_t i = 0; i < helper->sessionCount; i++) {
    endSession(&helper->sessions[i]);
  }
  free(helper->sessions);
  free(helper->receivers);
  free(helper->arrivals);
  free(helper);
}

NAPI_MODULE_INIT() {
  if (!findSymbols()) {
    return fail(env, "this Node does not export OpenSSL and libuv");
  }
  Helper *helper = calloc(1, sizeof *helper);
  if (helper == NULL || napi_set_instance_data(env, helper, endHelper, NULL) != napi_ok) {
    free(helper);
    return fail(env, "no memory");
  }
  defineSessions(env, exports);
  defineSender(env, exports);
  if (!defineReceiver(env, exports, helper)) {
    return fail(env, "no memory");
  }
  napi_value source;
  napi_create_string_utf8(env, SOURCE_SHA256, NAPI_AUTO_LENGTH, &source);
  napi_set_named_property(env, exports, "source", source);
  return exports;
}
