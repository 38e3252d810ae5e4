import { Download } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { CopyBox } from '../../ui/copy-box.tsx'
import { download } from '../../ui/download.ts'

type BackupCodesProps = Readonly<{ codes: readonly string[]; done(): void; button: string }>

/** Shows backup codes, the one time that they can be seen. */
export const BackupCodes = ({ codes, done, button }: BackupCodesProps) => {
  const text = codes.join('\n')
  const save = (): void =>
    download('guildhall-backup-codes.txt', `Guildhall backup codes, each good once:\n\n${text}\n`)
  return (
    <div className="grid gap-3">
      <p className="text-text-2">
        Keep these where you find them without your device. Each is good once, and they are shown
        only now.
      </p>
      <CopyBox label="Backup codes" text={text}>
        <Button onClick={save}>
          <Download className="size-4" />
          Download
        </Button>
        <Button look="filled" onClick={done}>
          {button}
        </Button>
      </CopyBox>
    </div>
  )
}
