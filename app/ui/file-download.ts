/** Downloads a file of the app. A plain link would carry no session token out of the admin's frame: fetch does. */
import { useState } from 'react';

export interface FileDownload {
  /** Fetches the file and hands it to the browser. */
  start: () => Promise<void>;
  busy: boolean;
  /** Why it did not work, in words. */
  problem: string | null;
}

/** A download from an address of the app; `fallbackName` is the file's where the app gives none. */
export function useFileDownload(path: string, fallbackName: string): FileDownload {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const start = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const response = await fetch(path);
      if (!response.ok) throw new Error(`The app answered ${response.status}.`);
      const named = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '');
      save(await response.blob(), named?.[1] ?? fallbackName);
    } catch (error) {
      setProblem(`The export did not finish. ${error instanceof Error ? error.message : ''} Try again.`);
    } finally {
      setBusy(false);
    }
  };
  return { start, busy, problem };
}

function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the file by the next turn.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
