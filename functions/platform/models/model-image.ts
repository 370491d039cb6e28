/** The types of images. Claude and OpenAI take all of them, Gemini takes no GIF. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;
export type ImageType = (typeof IMAGE_TYPES)[number];

/** An image that a user shows to a model. The name is the user's; the size in pixels decides what the image costs. */
export interface ModelImage {
  name: string;
  mediaType: ImageType;
  /** The bytes in base64. */
  data: string;
  width: number;
  height: number;
}
