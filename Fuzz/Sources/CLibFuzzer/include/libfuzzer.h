// What libFuzzer offers to a mutator.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Changes the bytes in place, which have room for `max_size`; returns how many there are then.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
