/* Host names, as both programs read them. */
#include "base/host.h"

#include <string.h>

bool host_ends_in_number(const char *host, size_t n)
{
	size_t at;

	n -= n && host[n - 1] == '.';
	for (at = n; at && host[at - 1] != '.'; at--)
		;
	if (n - at > 1 && host[at] == '0' && (host[at + 1] | 0x20) == 'x')
		return true;
	return n > at && strspn(host + at, "0123456789") >= n - at;
}
