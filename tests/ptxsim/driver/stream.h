// What: finding and making streams, and putting operations into them.
// Threads: under the driver's lock.
#pragma once

#include "tests/ptxsim/driver/call.h"

namespace ptxsim {

inline constexpr int kLeastPriority = 0, kGreatestPriority = -5;

std::shared_ptr<Stream> make_stream(State& state, const Context& context);

// A live stream whose context has no sticky error; see stream_call.
Answer find_stream(State& state, CUstream handle, std::shared_ptr<Stream>* found);

// Every stream that there is, of every context, save the null streams.
void for_each_stream(const State& state, const std::function<void(Stream&)>& visit);

// The context of a live stream.
Context& context_of(const State& state, const Stream& stream);

// Into the stream's capture where one is going on; else it is run.
Answer submit(State& state, Stream& stream, Operation operation);

// In `order`, at once. A kernel may be left standing for its programmatic successor.
Answer run(State& state, Context& context, StreamOrder& order, const Operation& operation);

}  // namespace ptxsim
