// hiredis of the system: https://github.com/redis/hiredis. Debian and Ubuntu have its headers in libhiredis-dev.
#include <hiredis/hiredis.h>
