/* The work of the exact engine in plain C, for one source of zipf keys at a steady rate: draw each record's key
 * (Threefry, alias table), digest it, route it (MD5, once per key), count it as offered (key sketch, rows per shard and
 * key, sums of the last ten seconds, time line), put it into a request (500 records, linger, slots), charge the shards'
 * buckets request by request, settle each reply a service time later (counts, latency histogram). Prints CPU
 * nanoseconds per record, set-up included, and what the engine must agree with: accepted, throttled, requests, the
 * digest, the mean response in microseconds, and of the heaviest key what was offered and accepted.
 * Left out: reports, retries, the statistics of windows. Usage: exact RECORDS KEYS SHARDS (a power of two) EXPONENT */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE 100000
#define BYTES 100
#define BATCH 500
#define LINGER 100000
#define SLOTS 64
#define SERVICE 20000
#define PLACES 16384
#define TABLE (2 * PLACES)
#define WINDOW 10
#define NONE 0xffffffffu
#define LEAST 1048.576

typedef uint32_t u32;
typedef uint64_t u64;
static u32 rotl(u32 x, int by) { return x << by | x >> (32 - by); }

/* ---- chance ---- */
static void threefry(u32 k0, u32 k1, u32 c0, u32 c1, u32 out[2]) {
  static const int turns[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  u32 keys[3] = {k0, k1, 0x1bd11bdau ^ k0 ^ k1}, a = c0 + k0, b = c1 + k1;
#pragma GCC unroll 5
  for (int group = 0; group < 5; group++) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      a += b;
      b = rotl(b, turns[4 * (group & 1) + i]) ^ a;
    }
    a += keys[(group + 1) % 3];
    b += keys[(group + 2) % 3] + group + 1;
  }
  out[0] = a;
  out[1] = b;
}

/* ---- digest ---- */
static u32 mix(u32 h, u32 word) { return rotl(h ^ rotl(word * 0xcc9e2d51u, 15) * 0x1b873593u, 13) * 5 + 0xe6546b64u; }
static u32 finish(u32 h) {
  h = (h ^ h >> 16) * 0x85ebca6bu;
  h = (h ^ h >> 13) * 0xc2b2ae35u;
  return h ^ h >> 16;
}
static u64 hashOf(u64 k, u64 due, u32 low, u32 high, u32 bytes) {
  u32 a = mix(mix(0x9e3779b9u, (u32)k), (u32)due), b = mix(mix(0x85ebca6bu, k >> 32), due >> 32);
  a = mix(a ^ b, low);
  b = mix(b ^ a, high);
  a = mix(a ^ b, bytes);
  b = mix(b ^ a, bytes);
  return ((u64)finish(b ^ a >> 7) << 32) + finish(a ^ b << 16);
}

/* ---- keys ---- */
typedef struct {
  u32 low, high, shard, nameBytes;
} Key;
typedef struct {
  double limit;
  u32 alias;
} Cell;
static Key *keys;
static Cell *cells;

/* First word of the MD5 of a name of at most 55 bytes (RFC 1321). */
static u32 md5Head(const char *name, int length) {
  static const int turns[16] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
  static u32 sines[64];
  unsigned char block[64] = {0};
  u32 w[16], a = 0x67452301, b = 0xefcdab89, c = 0x98badcfe, d = 0x10325476;
  if (sines[0] == 0) for (int i = 0; i < 64; i++) sines[i] = (u32)(fabs(sin(i + 1)) * 4294967296.0);
  memcpy(block, name, length);
  block[length] = 0x80;
  block[56] = length << 3;
  block[57] = length >> 5;
  memcpy(w, block, 64); /* little endian, as the machines we bench on */
  for (int i = 0; i < 64; i++) {
    u32 f = i < 16 ? (b & c) | (~b & d) : i < 32 ? (d & b) | (~d & c) : i < 48 ? b ^ c ^ d : c ^ (b | ~d);
    int at = i < 16 ? i : i < 32 ? (5 * i + 1) & 15 : i < 48 ? (3 * i + 5) & 15 : (7 * i) & 15;
    u32 turned = b + rotl(a + f + sines[i] + w[at], turns[i / 16 * 4 + i % 4]);
    a = d, d = c, c = b, b = turned;
  }
  return __builtin_bswap32(a + 0x67452301);
}

static void makeKeys(int count, double exponent, u32 shards) {
  double *scaled = malloc(count * sizeof *scaled), sum = 0;
  int *small = malloc(count * sizeof *small), *large = malloc(count * sizeof *large), s = 0, l = 0;
  keys = malloc(count * sizeof *keys);
  cells = malloc(count * sizeof *cells);
  for (int i = 0; i < count; i++) sum += scaled[i] = pow(i + 1, -exponent);
  for (int i = count - 1; i >= 0; i--) {
    scaled[i] = scaled[i] * count / sum;
    cells[i] = (Cell){1, i};
    if (scaled[i] < 1) small[s++] = i;
    else large[l++] = i;
  }
  while (s > 0 && l > 0) {
    int less = small[--s], more = large[l - 1];
    cells[less] = (Cell){scaled[less], more};
    scaled[more] -= 1 - scaled[less];
    if (scaled[more] < 1) small[s++] = large[--l];
  }
  for (int i = 0; i < count; i++) {
    char name[32];
    int length = sprintf(name, "key-%d", i);
    u32 low = 0x9e3779b9u ^ length, high = 0x85ebca6bu;
    for (int j = 0; j < length; j++) {
      low = mix(low, name[j]);
      high = mix(high ^ low, name[j]);
    }
    keys[i] = (Key){low, high, (u64)md5Head(name, length) * shards >> 32, length};
  }
  free(scaled), free(small), free(large);
}

/* ---- counts ---- */
typedef struct {
  double offered, bytes, accepted, acceptedBytes, attempts, throttled, throttledAttempts;
} Counts;
typedef struct {
  double records, bytes, squares;
} Sum;
typedef struct {
  Counts counts;
  Sum now, window, past[WINDOW];
  double peak;
} Row;
static Row *shardRows, keyRows[PLACES];
static u32 slots[TABLE], held[PLACES], freePlaces[PLACES], freeCount = PLACES, shardOfKey[PLACES];
static double weights[PLACES], missed[PLACES], offset;

static void countOffered(Row *row, double bytes) {
  row->counts.offered++;
  row->counts.bytes += bytes;
  row->now.records++;
  row->now.bytes += bytes;
  row->now.squares += bytes * bytes;
}
static void countEnd(Row *row, double bytes, int isAccepted) {
  row->counts.attempts++;
  if (isAccepted) row->counts.accepted++, row->counts.acceptedBytes += bytes;
  else row->counts.throttled++, row->counts.throttledAttempts++;
}
static void closeSecond(Row *row, int second) {
  Sum *leaving = &row->past[second % WINDOW];
  row->window.records += row->now.records - leaving->records;
  row->window.bytes += row->now.bytes - leaving->bytes;
  row->window.squares += row->now.squares - leaving->squares;
  *leaving = row->now;
  row->now = (Sum){0, 0, 0};
  double load = fmax(row->window.records / (WINDOW * 1000.0), row->window.bytes / (WINDOW * 1048576.0));
  if (load > row->peak) row->peak = load;
}

static u32 slotOf(u32 key) {
  u32 h = (key ^ key >> 16) * 0x85ebca6bu;
  return (h ^ h >> 13) & (TABLE - 1);
}
static u32 find(u32 key) {
  for (u32 i = slotOf(key);; i = (i + 1) & (TABLE - 1))
    if (slots[i] == NONE || held[slots[i]] == key) return slots[i];
}
static void insert(u32 place) {
  u32 i = slotOf(held[place]);
  while (slots[i] != NONE) i = (i + 1) & (TABLE - 1);
  slots[i] = place;
}
static double median(void) {
  static double sorted[PLACES];
  memcpy(sorted, weights, sizeof sorted);
  for (int low = 0, high = PLACES - 1, n = PLACES / 2; low < high;) {
    double pivot = sorted[(low + high) >> 1];
    int i = low, j = high;
    while (i <= j) {
      while (sorted[i] < pivot) i++;
      while (sorted[j] > pivot) j--;
      if (i > j) break;
      double value = sorted[i];
      sorted[i++] = sorted[j];
      sorted[j--] = value;
    }
    if (n <= j) high = j;
    else if (n >= i) low = i;
    else break;
  }
  return sorted[PLACES / 2];
}
static void thin(void) {
  double less = median();
  offset += less;
  for (u32 place = 0; place < PLACES; place++) {
    weights[place] -= less;
    if (weights[place] > 0) continue;
    memset(&keyRows[place], 0, sizeof keyRows[place]);
    held[place] = NONE;
    freePlaces[freeCount++] = place;
  }
  memset(slots, 0xff, sizeof slots);
  for (u32 place = 0; place < PLACES; place++) if (held[place] != NONE) insert(place);
}
static u32 add(u32 key, double weight) {
  u32 place = find(key);
  if (place == NONE) {
    if (freeCount == 0) thin();
    place = freePlaces[--freeCount];
    held[place] = key;
    weights[place] = 0;
    missed[place] = offset;
    insert(place);
  }
  weights[place] += weight;
  return place;
}

/* ---- latencies: a bucket per value below 2,048, then three digits ---- */
typedef struct {
  double buckets[24000], sum, count, most;
} Histogram;
static Histogram lag, queue, service, response;

static void record(Histogram *histogram, u32 us, double count) {
  int shift = us < 2048 ? 0 : 21 - __builtin_clz(us);
  histogram->buckets[shift * 1024 + (us >> shift)] += count;
  histogram->sum += us * count;
  histogram->count += count;
  if (us > histogram->most) histogram->most = us;
}

/* ---- the stream, the producer and what is on its way ---- */
typedef struct {
  double records, bytes, seenUs, call, called;
} Bucket;
typedef struct {
  double dueUs, k;
  u32 key, shard, place, bytes;
} Record;
typedef struct {
  double sentUs;
  int length;
  Record records[BATCH];
  unsigned char isAccepted[BATCH];
} Request;
typedef struct {
  double offered, bytes, accepted, throttled;
} Step;
static Bucket *buckets;
static Request requests[SLOTS];
static Record waiting[1 << 16];
static u32 shards, waitingFrom, waitingTo;
static u64 sent, replied;
static Step *steps;
static double *shardOffered, *shardThrottled;

static int charge(Bucket *bucket, double us, double call, double bytes) {
  if (bucket->call != call) bucket->call = call, bucket->called = 0;
  double cost = (ceil((bucket->called + bytes) / 1024) - ceil(bucket->called / 1024)) * 1024 * 1e6;
  double passed = us - bucket->seenUs;
  bucket->records = fmin(1e9, bucket->records + passed * 1000);
  bucket->bytes = fmin(1048576e6, bucket->bytes + passed * 1048576);
  bucket->seenUs = us;
  if (bucket->records < 1e6 || bucket->bytes < cost) return 0;
  bucket->records -= 1e6;
  bucket->bytes -= cost;
  bucket->called += bytes;
  return 1;
}

static void sendOne(double us) {
  Request *request = &requests[sent++ % SLOTS];
  double newest = 0, oldest = waiting[waitingFrom & 0xffff].dueUs;
  request->sentUs = us;
  for (request->length = 0; request->length < BATCH && waitingFrom != waitingTo;) {
    Record *taken = &waiting[waitingFrom++ & 0xffff];
    newest = taken->dueUs;
    request->isAccepted[request->length] = charge(&buckets[taken->shard], us, sent, taken->bytes);
    request->records[request->length++] = *taken;
  }
  double ready = request->length == BATCH ? fmin(newest, oldest + LINGER) : oldest + LINGER;
  record(&queue, us > ready ? us - ready : 0, request->length);
}
static void sendReady(double us, int isFlushed) {
  while (waitingFrom != waitingTo && sent - replied < SLOTS) {
    int isFull = waitingTo - waitingFrom >= BATCH;
    if (!isFull && !isFlushed && us < waiting[waitingFrom & 0xffff].dueUs + LINGER) return;
    sendOne(us);
  }
}
static void settle(Request *request, double us, long lastStep) {
  double accepted = 0;
  long at = (long)(us / 1e6);
  if (at > lastStep) at = lastStep;
  for (int i = 0; i < request->length; i++) {
    Record *done = &request->records[i];
    int isAccepted = request->isAccepted[i];
    u32 place = held[done->place] == done->key ? done->place : find(done->key);
    countEnd(&shardRows[done->shard], done->bytes, isAccepted);
    if (place != NONE) countEnd(&keyRows[place], done->bytes, isAccepted);
    if (isAccepted) {
      accepted++;
      record(&response, us - done->dueUs, 1);
    } else shardThrottled[at * shards + done->shard]++;
  }
  steps[at].accepted += accepted;
  steps[at].throttled += request->length - accepted;
  if (accepted > 0) record(&service, us - request->sentUs, accepted);
}
static void advance(double untilUs, long lastStep, int isFlushed) {
  for (;;) {
    double reply = replied < sent ? requests[replied % SLOTS].sentUs + SERVICE : INFINITY, wake = INFINITY;
    if (waitingFrom != waitingTo && sent - replied < SLOTS) wake = waiting[waitingFrom & 0xffff].dueUs + LINGER;
    double now = fmin(reply, wake);
    if (now > untilUs || now == INFINITY) return;
    if (reply == now) settle(&requests[replied % SLOTS], now, lastStep), replied++;
    sendReady(now, isFlushed);
  }
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  long records = atol(argv[1]);
  u32 count = atol(argv[2]), words[2], key[2];
  shards = atol(argv[3]);
  clock_t start = clock();
  double endUs = records * 1e6 / RATE;
  long second = 0, lastStep = (long)ceil(endUs / 1e6) - 1;
  u64 digest = 0;
  makeKeys(count, atof(argv[4]), shards);
  shardRows = calloc(shards, sizeof *shardRows);
  buckets = calloc(shards, sizeof *buckets);
  steps = calloc(lastStep + 1, sizeof *steps);
  shardOffered = calloc((lastStep + 1) * shards, sizeof *shardOffered);
  shardThrottled = calloc((lastStep + 1) * shards, sizeof *shardThrottled);
  memset(slots, 0xff, sizeof slots);
  memset(held, 0xff, sizeof held);
  for (u32 i = 0; i < PLACES; i++) freePlaces[i] = PLACES - 1 - i;
  for (u32 j = 0; j < shards; j++) buckets[j] = (Bucket){1e9, 1048576e6, 0, 0, 0};
  threefry(1, 0, 3, 0, key);
  for (long k = 0; k < records; k++) {
    double due = floor((k + 0.5) / RATE * 1e6);
    threefry(key[0], key[1], k, (u64)k >> 32, words);
    double u = (words[0] >> 5) * 67108864.0 + (words[1] >> 6), at = u / 9007199254740992.0 * count;
    u32 cell = at, id = at - cell < cells[cell].limit ? cell : cells[cell].alias;
    Key *of = &keys[id];
    digest += hashOf(k, due, of->low, of->high, BYTES);
    advance(due, lastStep, 0);
    u32 bytes = BYTES + of->nameBytes, place = add(id, bytes > LEAST ? bytes : LEAST);
    if (due >= (second + 1) * 1e6) {
      for (u32 j = 0; j < shards; j++) closeSecond(&shardRows[j], second);
      for (u32 i = 0; i < PLACES; i++) closeSecond(&keyRows[i], second);
      second++;
    }
    shardOfKey[place] = of->shard;
    countOffered(&shardRows[of->shard], bytes);
    countOffered(&keyRows[place], bytes);
    steps[second].offered++;
    steps[second].bytes += bytes;
    shardOffered[second * shards + of->shard]++;
    record(&lag, 0, 1);
    waiting[waitingTo++ & 0xffff] = (Record){due, k, id, of->shard, place, bytes};
    sendReady(due, 0);
  }
  advance(endUs, lastStep, 0);
  sendReady(endUs, 1);
  advance(INFINITY, lastStep, 1);
  double ns = (double)(clock() - start) / CLOCKS_PER_SEC * 1e9 / records, accepted = 0, throttled = 0;
  for (u32 j = 0; j < shards; j++) accepted += shardRows[j].counts.accepted, throttled += shardRows[j].counts.throttled;
  u32 heaviest = find(0);
  printf("%.2f %.0f %.0f %llu %llu %.0f %.0f %.0f\n", ns, accepted, throttled, (unsigned long long)sent,
         (unsigned long long)digest, response.sum / response.count, keyRows[heaviest].counts.offered,
         keyRows[heaviest].counts.accepted);
  return 0;
}
