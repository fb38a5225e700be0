/**
 * One consumer's subscriptions: at most one to each shard of its stream, with the limits that AWS sets between a
 * consumer and a shard.
 */
import { LIMITS } from '../model/limits.ts';
import { FanOutThrottle } from '../model/read-throttle.ts';
import type { Subscription } from './subscription.ts';

const CALL_US = 1_000_000 / LIMITS.subscribeCallsPerSec.value;
const AGAIN_US = LIMITS.subscribeAgainSec.value * 1_000_000;

/** What there is between the consumer and one shard. It outlives subscriptions, as limits do. */
interface Link {
  calledUs: number;
  subscribedUs: number;
  current: Subscription | undefined;
  throttle: FanOutThrottle | undefined;
}

export class FanOut {
  /** By shard number. */
  readonly #links = new Map<number, Link>();

  /** Takes one SubscribeToShard call. @returns false where it comes too soon after the last one */
  takeCall(shard: number, nowUs: number): boolean {
    const link = this.#link(shard);
    if (nowUs - link.calledUs < CALL_US) return false;
    link.calledUs = nowUs;
    return true;
  }

  /** Whether a subscription to a shard is too young to be taken over, whatever has become of it. */
  isTooSoon(shard: number, nowUs: number): boolean {
    return nowUs - this.#link(shard).subscribedUs < AGAIN_US;
  }

  /** Makes a subscription the one to its shard; the one before it ends. */
  begin(subscription: Subscription, nowUs: number): void {
    const link = this.#link(subscription.shard);
    link.current?.takeOver();
    link.current = subscription;
    link.subscribedUs = nowUs;
  }

  /** A subscription is over. */
  end(subscription: Subscription): void {
    const link = this.#link(subscription.shard);
    if (link.current === subscription) link.current = undefined;
  }

  /** The bandwidth to a shard, with room for a record of the largest size at least. */
  throttle(shard: number, nowUs: number, maxRecordBytes: number): FanOutThrottle {
    const link = this.#link(shard);
    const { throttle } = link;
    if (throttle && throttle.burst >= maxRecordBytes) return throttle;
    return (link.throttle = new FanOutThrottle(nowUs, maxRecordBytes));
  }

  /** Wakes all subscriptions, as something has happened to the consumer. */
  changed(): void {
    for (const { current } of this.#links.values()) current?.wake();
  }

  #link(shard: number): Link {
    let link = this.#links.get(shard);
    if (link === undefined) {
      link = { calledUs: -Infinity, subscribedUs: -Infinity, current: undefined, throttle: undefined };
      this.#links.set(shard, link);
    }
    return link;
  }
}
