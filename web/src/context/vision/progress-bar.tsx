type ProgressBarProps = Readonly<{ label: string; percent: number }>

/** Shows how far something has come, as a bar and a number. */
export const ProgressBar = ({ label, percent }: ProgressBarProps) => (
  <span className="inline-flex items-center gap-2">
    <span
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-1.5 w-20 overflow-hidden rounded-full bg-line"
    >
      <span
        className={`block h-full rounded-full ${percent === 100 ? 'bg-ok' : 'bg-accent'}`}
        style={{ width: `${percent}%` }}
      />
    </span>
    <span aria-hidden="true" className="w-9 text-right text-list tabular-nums">
      {percent}%
    </span>
  </span>
)
