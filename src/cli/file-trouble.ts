/**
 * Why the file system did not take a file, in words.
 */
const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EFBIG: 'it would be larger than a file may be',
  EIO: 'the disk fails',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'its folder is gone, or takes no new files',
  ENOTDIR: 'part of its path is not a folder',
  EISDIR: 'it is a directory',
  ELOOP: 'it is a symbolic link that leads back to itself',
  ENAMETOOLONG: 'its name is too long',
  ENXIO: 'it is a device or a pipe that nothing is behind',
  EPIPE: 'its reader has gone',
};

/** As the rest of a sentence, without a full stop. */
export function fileTrouble(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && Object.hasOwn(WORDS, code) ? WORDS[code] : String(error);
}
