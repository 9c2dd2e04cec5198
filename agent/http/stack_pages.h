// Gives memory of the server's threads back.
//
// civetweb lets its threads take turns, so after a while each of them has served a scrape, and its
// stack would keep the pages that a scrape needs and waiting does not: some 20 KiB each.
#pragma once

namespace pppol2tp::http {

// Returns the pages of the calling thread's stack that none of its functions uses at present. Not
// for the main thread, whose stack has no fixed size.
void return_unused_stack_pages();

}  // namespace pppol2tp::http
