/**
 * Extension of an object type, or of a field that is an exception: all that its members tell is told by the row that it
 * shows (`shown`) and the moment that ids carry (`moment`), or by what it was made of. A member that looks at anything else,
 * the image or the clock, must not say so.
 */
export const ROW_TELLS_ALL = 'rowTellsAll';
