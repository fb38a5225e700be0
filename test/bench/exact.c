/* What the exact engine does to a record, in plain C: draw a zipf key from an alias table, route it, charge two token
 * buckets, count. Prints CPU nanoseconds per record. Usage: exact RECORDS KEYS SHARDS EXPONENT */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t next(uint64_t *state) { /* splitmix64 */
  uint64_t z = (*state += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  long records = atol(argv[1]), keys = atol(argv[2]), shards = atol(argv[3]);
  double exponent = atof(argv[4]), sum = 0;
  double *scaled = malloc(keys * sizeof *scaled), *limit = malloc(keys * sizeof *limit);
  uint32_t *alias = malloc(keys * sizeof *alias), *shard = malloc(keys * sizeof *shard);
  long *small = malloc(keys * sizeof *small), *large = malloc(keys * sizeof *large), s = 0, l = 0;
  uint64_t state = 42;
  for (long i = 0; i < keys; i++) sum += scaled[i] = pow(i + 1, -exponent);
  for (long i = 0; i < keys; i++) {
    scaled[i] *= keys / sum;
    limit[i] = 1;
    alias[i] = i;
    shard[i] = next(&state) % shards;
    if (scaled[i] < 1) small[s++] = i;
    else large[l++] = i;
  }
  while (s > 0 && l > 0) {
    long less = small[--s], more = large[l - 1];
    limit[less] = scaled[less];
    alias[less] = more;
    scaled[more] -= 1 - scaled[less];
    if (scaled[more] < 1) small[s++] = large[--l];
  }
  double *level = malloc(2 * shards * sizeof *level), *seen = calloc(shards, sizeof *seen);
  uint64_t *accepted = calloc(shards, 8), *throttled = calloc(shards, 8), *ofKey = calloc(keys, 8), total = 0;
  for (long j = 0; j < shards; j++) {
    level[2 * j] = 1e9;
    level[2 * j + 1] = 1048576e6;
  }
  clock_t start = clock();
  for (long k = 0; k < records; k++) {
    double us = k * 10.0, u = (next(&state) >> 11) * 0x1p-53 * keys;
    long cell = (long)u, key = u - cell < limit[cell] ? cell : alias[cell], j = shard[key];
    double passed = us - seen[j], r = level[2 * j] + passed * 1000, b = level[2 * j + 1] + passed * 1048576;
    seen[j] = us;
    if (r > 1e9) r = 1e9;
    if (b > 1048576e6) b = 1048576e6;
    if (r >= 1e6 && b >= 1024e6) {
      r -= 1e6;
      b -= 1024e6;
      accepted[j]++;
    } else throttled[j]++;
    level[2 * j] = r;
    level[2 * j + 1] = b;
    ofKey[key]++;
  }
  double ns = (double)(clock() - start) / CLOCKS_PER_SEC * 1e9 / records;
  for (long j = 0; j < shards; j++) total += accepted[j] + 2 * throttled[j];
  printf("%.2f %llu %llu\n", ns, (unsigned long long)total, (unsigned long long)ofKey[0]);
  return 0;
}
