/* Messages: what is written is read, and nothing else is. */
#include "net/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

/* The structs of messages own their texts; those of a test are literals. */
#define TEXT(literal) ((char *)(literal))

static struct span certs[] = { { (const uint8_t *)"\x30\x01x", 3 },
			       { (const uint8_t *)"\x30", 1 } };

static const struct net_settings settings = { .proxy = TEXT("socks5://localhost:1"),
					      .connect_ms = 5000,
					      .handshake_ms = 6000,
					      .cache = TEXT("/home/me/.cache/x") };
static const struct net_dial dial = { .host = TEXT("example.com"),
				      .sni = TEXT("www.example.com"),
				      .port = 65535,
				      .family = 6,
				      .deadline_ms = UINT32_MAX };
static const struct net_get get = { .url = TEXT("http://example.com/ca.cer"),
				    .bytes_most = 1 << 20,
				    .deadline_ms = 1,
				    .redirects_most = 255,
				    .allowed = ADDRESS_UNKNOWN,
				    .allow_private = 1,
				    .use_cache = 1 };
static const struct net_presented presented = { .outcome = NET_HANDSHAKE,
						.text = TEXT("an alert"),
						.address = TEXT("192.0.2.1"),
						.address_class = ADDRESS_PRIVATE,
						.through_proxy = 1,
						.tls_version = TEXT("TLS1.3"),
						.cipher = TEXT("AES-256-GCM"),
						.group = TEXT("X25519"),
						.key_shown = 1,
						.client_certificate_asked = 1,
						.after_alert = 1,
						.alert = TEXT("certificate_required"),
						.certs = certs,
						.n_certs = COUNT(certs),
						.ocsp = { (const uint8_t *)"\0\xff", 2 },
						.milliseconds = 77 };
static const struct net_got got = { .outcome = NET_HTTP_STATUS,
				    .text = TEXT("HTTP status 404"),
				    .status = 404,
				    .final_url = TEXT("http://example.com/b"),
				    .from_cache = 1,
				    .through_proxy = 1,
				    .redirects = 3,
				    .body = { (const uint8_t *)"a\0b", 3 },
				    .milliseconds = 9 };

static void write_settings(struct buf *out)
{
	net_settings_write(out, &settings);
}

static void write_dial(struct buf *out)
{
	net_dial_write(out, 7, &dial);
}

static void write_get(struct buf *out)
{
	net_get_write(out, 8, &get);
}

static void write_cancel(struct buf *out)
{
	net_cancel_write(out, UINT32_MAX);
}

static void write_presented(struct buf *out)
{
	net_presented_write(out, 9, &presented);
}

static void write_got(struct buf *out)
{
	net_got_write(out, 10, &got);
}

static const struct {
	enum message_kind kind;
	uint32_t id;
	void (*write)(struct buf *out);
} kinds[] = {
	{ MESSAGE_SETTINGS, 0, write_settings },
	{ MESSAGE_DIAL, 7, write_dial },
	{ MESSAGE_GET, 8, write_get },
	{ MESSAGE_CANCEL, UINT32_MAX, write_cancel },
	{ MESSAGE_PRESENTED, 9, write_presented },
	{ MESSAGE_GOT, 10, write_got },
};

static void every_kind_is_read_as_it_was_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTO(buf) frame = BUF_INIT;
		struct message message = MESSAGE_INIT;

		kinds[i].write(&frame);
		assert_true(message_read(&message, buf_span(&frame)));
		assert_int_equal(message.kind, kinds[i].kind);
		assert_int_equal(message.id, kinds[i].id);
		message_clear(&message);
	}
}

static void every_field_of_a_request_arrives(void **state)
{
	AUTO(buf) frame = BUF_INIT;
	struct message message = MESSAGE_INIT;

	(void)state;
	net_settings_write(&frame, &settings);
	assert_true(message_read(&message, buf_span(&frame)));
	assert_string_equal(message.settings.proxy, settings.proxy);
	assert_int_equal(message.settings.connect_ms, 5000);
	assert_int_equal(message.settings.handshake_ms, 6000);
	assert_string_equal(message.settings.cache, settings.cache);
	message_clear(&message);

	frame.n = 0;
	net_dial_write(&frame, 7, &dial);
	assert_true(message_read(&message, buf_span(&frame)));
	assert_string_equal(message.dial.host, "example.com");
	assert_string_equal(message.dial.sni, "www.example.com");
	assert_int_equal(message.dial.port, 65535);
	assert_int_equal(message.dial.family, 6);
	assert_int_equal(message.dial.deadline_ms, UINT32_MAX);
	message_clear(&message);

	frame.n = 0;
	net_get_write(&frame, 7, &get);
	assert_true(message_read(&message, buf_span(&frame)));
	assert_string_equal(message.get.url, get.url);
	assert_int_equal(message.get.bytes_most, 1 << 20);
	assert_int_equal(message.get.redirects_most, 255);
	assert_int_equal(message.get.allowed, ADDRESS_UNKNOWN);
	assert_true(message.get.allow_private);
	assert_true(message.get.use_cache);
	message_clear(&message);
}

static void every_field_of_an_answer_arrives(void **state)
{
	AUTO(buf) frame = BUF_INIT;
	struct message message = MESSAGE_INIT;

	(void)state;
	net_presented_write(&frame, 9, &presented);
	assert_true(message_read(&message, buf_span(&frame)));
	assert_int_equal(message.presented.outcome, NET_HANDSHAKE);
	assert_string_equal(message.presented.address, "192.0.2.1");
	assert_int_equal(message.presented.address_class, ADDRESS_PRIVATE);
	assert_string_equal(message.presented.group, "X25519");
	assert_string_equal(message.presented.alert, "certificate_required");
	assert_int_equal(message.presented.n_certs, 2);
	assert_true(span_eq(message.presented.certs[0], certs[0]));
	assert_true(span_eq(message.presented.certs[1], certs[1]));
	assert_true(span_eq(message.presented.ocsp, presented.ocsp));
	assert_int_equal(message.presented.milliseconds, 77);
	message_clear(&message);

	frame.n = 0;
	net_got_write(&frame, 9, &got);
	assert_true(message_read(&message, buf_span(&frame)));
	assert_int_equal(message.got.status, 404);
	assert_string_equal(message.got.final_url, "http://example.com/b");
	assert_int_equal(message.got.redirects, 3);
	assert_true(span_eq(message.got.body, got.body));
	message_clear(&message);
}

static void a_frame_that_is_cut_or_longer_than_it_says_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTO(buf) frame = BUF_INIT;
		struct message message = MESSAGE_INIT;

		kinds[i].write(&frame);
		for (size_t n = 0; n < frame.n; n++) {
			AUTO_FREE uint8_t *cut = mem_copy(span_of(frame.at, n));

			assert_false(message_read(&message, span_of(cut, n)));
			/* The same, with a length that agrees. */
			if (n < 4)
				continue;
			cut[0] = (uint8_t)(n - 4);
			cut[1] = (uint8_t)((n - 4) >> 8);
			assert_false(message_read(&message, span_of(cut, n)));
		}
		buf_add_byte(&frame, 0);
		assert_false(message_read(&message, buf_span(&frame)));
		frame.at[0]++;
		assert_false(message_read(&message, buf_span(&frame)));
	}
}

/* Whatever a changed byte does, what is read keeps every bound, and the sanitizers see no
 * harm. */
static void a_changed_byte_never_breaks_a_bound(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTO(buf) frame = BUF_INIT;

		kinds[i].write(&frame);
		for (size_t at = 0; at < frame.n * 8; at++) {
			AUTO_FREE uint8_t *changed = mem_copy(buf_span(&frame));
			struct message message = MESSAGE_INIT;

			changed[at / 8] ^= (uint8_t)(1u << (at % 8));
			if (!message_read(&message, span_of(changed, frame.n)))
				continue;
			assert_in_range(message.kind, MESSAGE_SETTINGS, MESSAGE_GOT);
			if (message.kind == MESSAGE_PRESENTED) {
				assert_in_range(message.presented.outcome, NET_GOOD,
						NET_FAILED);
				assert_in_range(message.presented.n_certs, 0,
						PRESENTED_COUNT_MOST);
			}
			message_clear(&message);
		}
	}
}

static void what_is_over_its_bound_is_refused(void **state)
{
	AUTO(buf) frame = BUF_INIT;
	AUTO_FREE uint8_t *large = mem_zalloc(MESSAGE_MOST);
	struct span many[PRESENTED_COUNT_MOST + 1];
	struct net_presented too_many = presented, too_large = presented;
	struct net_got body = got;
	struct message message = MESSAGE_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = SPAN("x");
	too_many.certs = many;
	too_many.n_certs = COUNT(many);
	net_presented_write(&frame, 1, &too_many);
	assert_false(message_read(&message, buf_span(&frame)));

	many[0] = span_of(large, PRESENTED_MOST);
	too_large.certs = many;
	frame.n = 0;
	net_presented_write(&frame, 1, &too_large);
	assert_false(message_read(&message, buf_span(&frame)));

	body.body = span_of(large, MESSAGE_MOST);
	frame.n = 0;
	net_got_write(&frame, 1, &body);
	assert_false(message_read(&message, buf_span(&frame)));
}

static void a_long_text_of_a_server_is_cut(void **state)
{
	AUTO(buf) frame = BUF_INIT;
	AUTO_FREE char *text = mem_zalloc(MESSAGE_TEXT_MOST * 2);
	struct net_got long_text = got;
	struct message message = MESSAGE_INIT;

	(void)state;
	memset(text, 'x', MESSAGE_TEXT_MOST * 2 - 1);
	long_text.text = text;
	net_got_write(&frame, 1, &long_text);
	assert_true(message_read(&message, buf_span(&frame)));
	assert_int_equal(strlen(message.got.text), MESSAGE_TEXT_MOST);
	message_clear(&message);
}

static void values_that_no_writer_means_are_refused(void **state)
{
	struct net_dial port = dial, family = dial;
	struct net_get allowed = get;
	AUTO(buf) frame = BUF_INIT;
	struct message message = MESSAGE_INIT;

	(void)state;
	port.port = 0;
	net_dial_write(&frame, 1, &port);
	assert_false(message_read(&message, buf_span(&frame)));
	family.family = 5;
	frame.n = 0;
	net_dial_write(&frame, 1, &family);
	assert_false(message_read(&message, buf_span(&frame)));
	allowed.allowed = (enum address_class)(ADDRESS_UNKNOWN + 1);
	frame.n = 0;
	net_get_write(&frame, 1, &allowed);
	assert_false(message_read(&message, buf_span(&frame)));
}

/* A pair of ends; what one sends the other reads. */
static void open_ends(struct message_stream *one, struct message_stream *other)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	*one = *other = (struct message_stream)MESSAGE_STREAM_INIT;
	one->fd = fds[0];
	other->fd = fds[1];
}

static void messages_come_whole_however_they_are_cut_on_the_way(void **state)
{
	struct message_stream one, other;
	struct message message = MESSAGE_INIT;
	AUTO(buf) frames = BUF_INIT;
	size_t read = 0;

	(void)state;
	open_ends(&one, &other);
	for (size_t i = 0; i < COUNT(kinds); i++)
		kinds[i].write(&frames);
	for (size_t at = 0; at < frames.n; at++) {
		assert_int_equal(write(one.fd, frames.at + at, 1), 1);
		assert_true(message_stream_fill(&other));
		while (message_stream_next(&other, &message) == MESSAGE_TAKEN) {
			assert_int_equal(message.kind, kinds[read++].kind);
			message_clear(&message);
		}
	}
	assert_int_equal(read, COUNT(kinds));
	message_stream_clear(&one);
	assert_false(message_stream_fill(&other));
	message_stream_clear(&other);
}

static void a_frame_that_is_too_long_or_no_message_is_bad(void **state)
{
	static const struct span bad[] = { SPAN("\xff\xff\xff\x7f"),
					   SPAN("\x01\x00\x40\x00"),
					   SPAN("\x05\x00\x00\x00\x63\x01\x00\x00\x00"),
					   SPAN("\x00\x00\x00\x00"),
					   SPAN("\x05\x00\x00\x00\x02\x01\x00\x00\x00") };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct message_stream one, other;
		struct message message = MESSAGE_INIT;

		open_ends(&one, &other);
		buf_add(&one.out, bad[i]);
		assert_true(message_stream_flush(&one));
		assert_true(message_stream_fill(&other));
		assert_int_equal(message_stream_next(&other, &message), MESSAGE_BAD);
		message_stream_clear(&one);
		message_stream_clear(&other);
	}
}

static void outcomes_have_names_of_their_own(void **state)
{
	(void)state;
	for (int i = NET_GOOD; i <= NET_FAILED; i++)
		for (int j = NET_GOOD; j < i; j++)
			assert_string_not_equal(net_outcome_name(i), net_outcome_name(j));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_read_as_it_was_written),
		cmocka_unit_test(every_field_of_a_request_arrives),
		cmocka_unit_test(every_field_of_an_answer_arrives),
		cmocka_unit_test(a_frame_that_is_cut_or_longer_than_it_says_is_refused),
		cmocka_unit_test(a_changed_byte_never_breaks_a_bound),
		cmocka_unit_test(what_is_over_its_bound_is_refused),
		cmocka_unit_test(a_long_text_of_a_server_is_cut),
		cmocka_unit_test(values_that_no_writer_means_are_refused),
		cmocka_unit_test(messages_come_whole_however_they_are_cut_on_the_way),
		cmocka_unit_test(a_frame_that_is_too_long_or_no_message_is_bad),
		cmocka_unit_test(outcomes_have_names_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
