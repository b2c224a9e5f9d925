#pragma once

#include <expat.h>

// XML_TRUE and XML_FALSE are macros with casts, which Swift does not import.
static inline XML_Bool keybaton_expat_not_resumable(void) { return XML_FALSE; }
