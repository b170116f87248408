/* SHA-256, its text form, and the keyed hash of tables. */
#include "base/sha256.h"

#include <nettle/sha2.h>
#include <pthread.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

struct sha256 sha256_of(struct span bytes)
{
	struct sha256_ctx ctx;
	struct sha256 hash;

	sha256_init(&ctx);
	sha256_update(&ctx, bytes.n, bytes.at);
	sha256_digest(&ctx, sizeof(hash.at), hash.at);
	return hash;
}

const char *sha256_hex(const struct sha256 *hash, char to[SHA256_TEXT])
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(hash->at); i++) {
		to[2 * i] = digit[hash->at[i] >> 4];
		to[2 * i + 1] = digit[hash->at[i] & 15];
	}
	to[SHA256_TEXT - 1] = '\0';
	return to;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool sha256_parse(const char *text, struct sha256 *hash)
{
	struct sha256 read;

	for (size_t i = 0; i < sizeof(read.at); i++) {
		int high, low;

		if (i > 0 && *text == ':')
			text++;
		high = hex_value(*text);
		low = high < 0 ? -1 : hex_value(text[1]);
		if (low < 0)
			return false;
		read.at[i] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	if (*text)
		return false;
	*hash = read;
	return true;
}

/* The key of hash_keyed: written once, before the first use. */
static uint64_t hash_key[2];
static pthread_once_t hash_key_once = PTHREAD_ONCE_INIT;

static void make_hash_key(void)
{
	struct timespec now;

	if (getrandom(hash_key, sizeof(hash_key), 0) == (ssize_t)sizeof(hash_key))
		return;
	/*
	 * A kernel without getrandom, or a filter that forbids it: hard to guess will
	 * have to do.
	 */
	clock_gettime(CLOCK_MONOTONIC, &now);
	hash_key[0] = (uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15u ^ (uint64_t)getpid()
									    << 32;
	hash_key[1] = (uint64_t)now.tv_sec * 0xbf58476d1ce4e5b9u ^ (uintptr_t)&now;
}

static inline uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

struct sip {
	uint64_t a, b, c, d;
};

static inline void sip_round(struct sip *s)
{
	s->a += s->b;
	s->b = rotate(s->b, 13) ^ s->a;
	s->a = rotate(s->a, 32);
	s->c += s->d;
	s->d = rotate(s->d, 16) ^ s->c;
	s->a += s->d;
	s->d = rotate(s->d, 21) ^ s->a;
	s->c += s->b;
	s->b = rotate(s->b, 17) ^ s->c;
	s->c = rotate(s->c, 32);
}

static inline void sip_word(struct sip *s, uint64_t word)
{
	s->d ^= word;
	sip_round(s);
	s->a ^= word;
}

/*
 * SipHash-1-3. The byte order of the machine is left: the hash never leaves the
 * process.
 */
uint64_t hash_keyed(struct span bytes)
{
	struct sip s;
	uint64_t word, last = (uint64_t)bytes.n << 56;

	pthread_once(&hash_key_once, make_hash_key);
	s = (struct sip){ hash_key[0] ^ 0x736f6d6570736575u,
			  hash_key[1] ^ 0x646f72616e646f6du,
			  hash_key[0] ^ 0x6c7967656e657261u,
			  hash_key[1] ^ 0x7465646279746573u };
	for (; bytes.n >= sizeof(word); bytes = span_from(bytes, sizeof(word))) {
		memcpy(&word, bytes.at, sizeof(word));
		sip_word(&s, word);
	}
	for (size_t i = 0; i < bytes.n; i++)
		last |= (uint64_t)bytes.at[i] << (8 * i);
	sip_word(&s, last);
	s.c ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(&s);
	return s.a ^ s.b ^ s.c ^ s.d;
}
