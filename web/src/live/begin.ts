import { beginEarly } from './early.ts'

// The cards of a board are the longest wait of a start. The hub reads them while the browser still
// works on the rest of the page: this file is the first that runs. For the same reason it is the
// place where secrets leave the address, before anything else can see or keep them.

beginEarly()
