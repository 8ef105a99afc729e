/** A WebSocket that can be ended at once: a closing handshake with a peer that is gone would never come to its end. */
import WebSocket from "ws";
import type { SocketLike } from "../../sources/live/session.ts";

/** Opens a connection. */
export function nodeSocket(url: string): SocketLike {
  const socket = new WebSocket(url);
  let failure = "";
  return {
    send: (text) => socket.send(text),
    end: () => socket.terminate(),
    onOpen: (listener) => socket.on("open", listener),
    onMessage: (listener) =>
      socket.on("message", (data, isBinary) => listener(isBinary ? data : data.toString())),
    onClose(listener) {
      socket.on("error", (error) => {
        failure = reasonOf(error);
      });
      socket.on("close", (code) => listener(failure || `the other side closed it (code ${code})`));
    },
  };
}

function reasonOf(error: Error): string {
  const code: unknown = Reflect.get(error, "code");
  return error.message || (typeof code === "string" ? code : "a failed connection");
}
