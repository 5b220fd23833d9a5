/** Repositories that the kit has a name for, in diffusers layout. */
export const knownModels: Record<string, string> = {
  'sd3-medium': 'stabilityai/stable-diffusion-3-medium-diffusers',
  'sd3.5-medium': 'stabilityai/stable-diffusion-3.5-medium',
}
