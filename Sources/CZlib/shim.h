// zlib of the system: https://zlib.net. Debian and Ubuntu have its headers in zlib1g-dev.
#include <zlib.h>
