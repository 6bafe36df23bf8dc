// What outputs say of a machine that lacked something, in the words of the programs that print them.
import { strict as assert } from 'node:assert';
import { type Lack, spokenLack } from '../../../src/core/guardrails/machineText';

const spoken: readonly (readonly [output: string, lack: Lack])[] = [
  ["head: error writing 'standard output': No space left on device", 'disk'],
  ['sh: 1: echo: echo: I/O error\ncp: error writing: Disk quota exceeded', 'disk'],
  ["Error: ENOSPC: no space left on device, write '/tmp/x'", 'disk'],
  ['npm error code ENOSPC', 'disk'],
  ['error: could not write: No space left on device (os error 28)', 'disk'],
  ['OperationalError: database or disk is full', 'disk'],
  ['There is not enough space on the disk.', 'disk'],
  ['EDQUOT: disk quota exceeded, open', 'disk'],
  ['s/c.sh: 1: Cannot fork', 'processes'],
  ['bash: fork: retry: Resource temporarily unavailable', 'processes'],
  ['bash: fork: Cannot allocate memory', 'processes'],
  ['make: fork: Resource temporarily unavailable', 'processes'],
  ['Error: spawn EAGAIN', 'processes'],
  ['Error: spawn /bin/sh ENOMEM', 'processes'],
  ["RuntimeError: can't start new thread", 'processes'],
  ['java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory', 'processes'],
  ['runtime: failed to create new OS thread (have 2 already; errno=11)', 'processes'],
  ['fork/exec /usr/bin/ld: resource temporarily unavailable', 'processes'],
  ['pthread_create: Resource temporarily unavailable', 'processes'],
  ['Assertion `(0) == (uv_thread_create(t.get(), start_thread, this))` failed', 'processes'],
  ['BlockingIOError: [Errno 11] Resource temporarily unavailable', 'processes'],
  ['Error: EMFILE: too many open files, open', 'files'],
  ['accept: Too many open files in system', 'files'],
  ["Error: ENOSPC: System limit for number of file watchers reached, watch '/p'", 'watches'],
  ['Error: EMFILE: too many open files, watch', 'watches'],
  ['inotify_add_watch: No space left on device', 'watches'],
  [
    'Failed to watch: The configured user limit on the number of inotify instances has been reached',
    'watches',
  ],
  ["terminate called after throwing an instance of 'std::bad_alloc'", 'memory'],
  ['MemoryError', 'memory'],
  ['g++: fatal error: Killed signal terminated program cc1plus', 'memory'],
  ['s/check.sh: line 3: 4711 Killed                  ./a', 'memory'],
  ['Killed', 'memory'],
  ['worker exited by SIGKILL', 'memory'],
  ['mmap: Cannot allocate memory', 'memory'],
  ['fatal: Out of memory, malloc failed (tried to allocate 8 bytes)', 'memory'],
];

const silent = [
  '',
  'AssertionError: 1 !== 2',
  'ok 1 - tells when the disk is nearly full of it',
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  'java.lang.OutOfMemoryError: Java heap space',
  'expected "Skilled" to equal "Killer"',
  'ok 2 - forks a process',
];

describe('words of a machine that lacks something', () => {
  for (const [output, lack] of spoken)
    it(`are heard in ${output}`, () => assert.equal(spokenLack(`1 passing\n${output}\n`)?.lack, lack));

  for (const output of silent)
    it(`are not heard in ${JSON.stringify(output)}`, () => assert.equal(spokenLack(output), undefined));

  it('are quoted by their line, and shown harmlessly', () => {
    assert.equal(spokenLack('a\n  ENOSPC:\u202e\u0007b\nc')?.line, 'ENOSPC: b');
    assert.equal(spokenLack(`${'x'.repeat(500)} ENOSPC`)?.line, 'ENOSPC');
  });
});
