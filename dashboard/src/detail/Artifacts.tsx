// The files a task has produced: images are shown, all others can be downloaded.
import { Download, File as FileIcon } from "lucide-react";
import type { WireArtifact } from "../lib/api.js";
import { BASE_PATH } from "../lib/base.js";
import { formatBytes } from "../lib/format.js";
import { aboutArtifact } from "./shape.js";

/** Image types that browsers display and the server serves inline. */
const PICTURES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"]);

export const isPicture = (artifact: WireArtifact) => PICTURES.has(artifact.media_type);

export interface ArtifactsProps {
  readonly artifacts: readonly WireArtifact[];
  /** May contain details about an artifact, found by its id. */
  readonly result: unknown;
}

export function Artifacts({ artifacts, result }: ArtifactsProps) {
  const pictures = artifacts.filter(isPicture);
  const others = artifacts.filter((artifact) => !isPicture(artifact));
  const bytes = artifacts.reduce((total, artifact) => total + artifact.size_bytes, 0);
  return (
    <>
      <div className="panel-head">
        <span>
          <b className="strong num">{artifacts.length}</b> {artifacts.length === 1 ? "file" : "files"},{" "}
          <b className="strong num">{formatBytes(bytes)}</b>
        </span>
      </div>
      {pictures.length > 0 && (
        <div className="pictures">
          {pictures.map((picture) => (
            <Picture key={picture.id} picture={picture} about={aboutArtifact(result, picture.id)} />
          ))}
        </div>
      )}
      {others.length > 0 && (
        <ul className="files">
          {others.map((artifact) => (
            <li key={artifact.id}>
              <FileIcon className="i" aria-hidden />
              <span className="clip">{artifact.name}</span>
              <span className="size">{formatBytes(artifact.size_bytes)}</span>
              <a className="btn btn-small" href={BASE_PATH + artifact.url} download={artifact.name}>
                <Download className="i" aria-hidden />
                Download
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface PictureProps {
  readonly picture: WireArtifact;
  readonly about: Readonly<Record<string, unknown>> | undefined;
}

function Picture({ picture, about }: PictureProps) {
  const { width, height } = about ?? {};
  return (
    <a
      className="picture"
      href={`${BASE_PATH}${picture.url}?preview=1`}
      target="_blank"
      rel="noreferrer"
      title="Open in full size"
    >
      <span className="frame">
        <img src={BASE_PATH + picture.url} alt={picture.name} loading="lazy" />
      </span>
      <span className="cap">
        <b title={picture.name}>{picture.name}</b>
        <span>
          <em>
            {typeof width === "number" && typeof height === "number"
              ? `${width} × ${height}`
              : picture.media_type}
          </em>
          {formatBytes(picture.size_bytes)}
        </span>
      </span>
    </a>
  );
}
