/* What a launch of the stub driver does on purpose, so that a watcher can be seen to notice it. */
#ifndef STUBDRIVER_BREAK_H
#define STUBDRIVER_BREAK_H

/* The deed that a word of stubdriver_break names: a function, or NULL for "". *known is 0 for a
 * word that names none. */
typedef void (*stubdriver_deed)(void);
stubdriver_deed stubdriver_deed_of(const char* word, int* known);

#endif
