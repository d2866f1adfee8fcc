export async function linuxFigures(): Promise<void> {}
