/* One end of the socket pair: bytes in, whole messages out, and the reverse. */
#include "net/message.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define LENGTH_SIZE 4
#define READ_SIZE   ((size_t)64 << 10)
/* More than this in one go waits for the next: one end never starves what else the
 * program watches. */
#define READ_MOST ((size_t)1 << 20)

/* Bytes that are done with leave the front once they are more than what stays: linear
 * over all. */
static void drop_front(struct buf *buf, size_t *done)
{
	if (*done < buf->n - *done)
		return;
	memmove(buf->at, buf->at + *done, buf->n - *done);
	buf->n -= *done;
	*done = 0;
}

bool message_stream_fill(struct message_stream *stream)
{
	for (size_t total = 0; total < READ_MOST;) {
		ssize_t n = recv(stream->fd, buf_reserve(&stream->in, READ_SIZE),
				 READ_SIZE, MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK;
		if (n == 0)
			return false;
		stream->in.n += (size_t)n;
		total += (size_t)n;
	}
	return true;
}

bool message_stream_flush(struct message_stream *stream)
{
	while (message_stream_waiting(stream)) {
		ssize_t n =
			send(stream->fd, stream->out.at + stream->sent,
			     message_stream_waiting(stream), MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK;
		stream->sent += (size_t)n;
		drop_front(&stream->out, &stream->sent);
	}
	return true;
}

size_t message_stream_waiting(const struct message_stream *stream)
{
	return stream->out.n - stream->sent;
}

static size_t frame_length(const uint8_t *at)
{
	return (size_t)at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 |
	       (size_t)at[3] << 24;
}

enum message_next message_stream_next(struct message_stream *stream,
				      struct message *message)
{
	size_t there = stream->in.n - stream->taken, length;
	const uint8_t *at = stream->in.at + stream->taken;

	if (there < LENGTH_SIZE)
		return MESSAGE_NONE;
	length = frame_length(at);
	if (length > MESSAGE_MOST)
		return MESSAGE_BAD;
	if (length > there - LENGTH_SIZE)
		return MESSAGE_NONE;
	if (!message_read(message, span_of(at, LENGTH_SIZE + length)))
		return MESSAGE_BAD;
	stream->taken += LENGTH_SIZE + length;
	drop_front(&stream->in, &stream->taken);
	return MESSAGE_TAKEN;
}

void message_stream_clear(struct message_stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	buf_clear(&stream->in);
	buf_clear(&stream->out);
	*stream = (struct message_stream)MESSAGE_STREAM_INIT;
}
