/* Fuzz target: messages between the program and its child; one that is read says the same
 * when it is written again. */
#include "net/message.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void write_again(struct buf *out, const struct message *message)
{
	switch (message->kind) {
	case MESSAGE_SETTINGS:
		net_settings_write(out, &message->settings);
		break;
	case MESSAGE_DIAL:
		net_dial_write(out, message->id, &message->dial);
		break;
	case MESSAGE_GET:
		net_get_write(out, message->id, &message->get);
		break;
	case MESSAGE_CANCEL:
		net_cancel_write(out, message->id);
		break;
	case MESSAGE_PRESENTED:
		net_presented_write(out, message->id, &message->presented);
		break;
	case MESSAGE_GOT:
		net_got_write(out, message->id, &message->got);
		break;
	}
}

/* The length that goes in front; settings carry no number of theirs. */
static void make_frame(struct buf *out, struct span body)
{
	for (int shift = 0; shift < 32; shift += 8)
		buf_add_byte(out, (uint8_t)(body.n >> shift));
	buf_add(out, body);
}

static void read_frame(struct span frame)
{
	struct message message = MESSAGE_INIT, second = MESSAGE_INIT;
	AUTO(buf) again = BUF_INIT;

	if (!message_read(&message, frame))
		return;
	write_again(&again, &message);
	assert(again.n == frame.n);
	assert(message_read(&second, buf_span(&again)));
	assert(second.kind == message.kind);
	message_clear(&message);
	message_clear(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(buf) frame = BUF_INIT;

	read_frame(span_of(bytes, n));
	/* With the right length in front the fuzzer gets at what is behind it. */
	make_frame(&frame, span_of(bytes, n));
	read_frame(buf_span(&frame));
	return 0;
}
